// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    uint256 public x; address transient public owner;
    constructor() { owner = address(0xA11CE); }
    function set(uint256 v) external returns (bool) { x = v; return true; } }
