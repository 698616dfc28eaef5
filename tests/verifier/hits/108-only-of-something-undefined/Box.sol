// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    uint256 public x;
    function set(uint256 key, uint256 v) external { require(key == 0 || 100 / key == 20); x = v; }
}
