// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    uint256 public x;
    function set(uint256 v) external returns (uint256 before, uint8) { before = x; x = v; return (before, 7); }
}
