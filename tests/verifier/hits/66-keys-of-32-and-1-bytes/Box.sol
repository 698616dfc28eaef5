// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    uint256 public x;
    address public owner = address(0xA11CE);
    mapping(bytes => mapping(bytes => uint256)) private m;
    function set(uint256 v) external {
        if (keccak256(abi.encode(v)) == 0x5d8fa534926516bb2e5e61488e11fe828f5273448362f0f096e4f79afac27609) {
            bytes1 a = bytes1(uint8(v));
            m[abi.encode(a)][abi.encodePacked(a)] = 1;                            // 32 bytes, 1 byte
            if (m[abi.encodePacked(a)][abi.encode(uint8(v))] == 0) owner = msg.sender; // 1 byte, 32 bytes
        }
        x = v;
    }
}
