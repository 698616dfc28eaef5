// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    uint256 public x;
    function get(uint256 v) external returns (bytes memory a, uint256 b) { x = 3; if (keccak256(abi.encode(v)) == 0x5d8fa534926516bb2e5e61488e11fe828f5273448362f0f096e4f79afac27609) b = 17; a = new bytes(32); }
}
