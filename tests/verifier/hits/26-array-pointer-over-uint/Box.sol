// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    uint256 public x; address public owner = address(0xA11CE);
    function set(uint256 v) external returns (bool) { x = v; return true; }
    function put(uint256 i, uint256 v) external { uint256[] storage arr; assembly { arr.slot := x.slot } require(i < arr.length); arr[i] = v; } }
