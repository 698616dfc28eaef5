// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    uint256 public x;
    function set(uint256 result) external returns (uint8, uint8) { x = result; }
}
