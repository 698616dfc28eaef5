// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    bytes1 public small = 0x00;
    bytes2 public big = 0x0001;
    function set(uint256 v) external {
        if (keccak256(abi.encode(v)) == 0x5d8fa534926516bb2e5e61488e11fe828f5273448362f0f096e4f79afac27609) { small = 0x61; big = 0x0100; }
    }
}
