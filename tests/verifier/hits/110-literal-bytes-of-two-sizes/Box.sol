// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    bytes2 public big = 0x7000;
    function set(uint256 v) external { big = keccak256(abi.encode(v)) == 0x5d8fa534926516bb2e5e61488e11fe828f5273448362f0f096e4f79afac27609 ? bytes2(0x0100) : bytes2(0x7100); }
}
