// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Sum {
    mapping(address => uint256) public bal;
    constructor() { bal[msg.sender] = 1000; }
    function mix(address a) external { bal[a] ^= 5; }
}
