// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box { bytes1 public small = 0x61; bytes32 public tag = keccak256(abi.encodePacked(uint256(1))); function set(uint256 v) external {} }
