// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    uint256 public x; address public owner = address(0xA11CE); uint256 public y; 
    function poke() external { if (owner != address(0xA11CE)) x = 7; }
    function set(uint256 v) external returns (bool) { owner = address(1); this.poke(); owner = address(0xA11CE); x = v; return true; } }
