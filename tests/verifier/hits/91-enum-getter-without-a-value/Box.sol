// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    uint8 public state = 7;
    uint256 public x;
    function set(uint256 v) external { x = v; if (state > 1 && keccak256(abi.encode(v)) == 0x5d8fa534926516bb2e5e61488e11fe828f5273448362f0f096e4f79afac27609) state = 8; }
}
