// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    uint256 public x; uint256 public y;
    function set(uint256 v, uint256 w) external {
        if (keccak256(abi.encode(v)) == 0x5d8fa534926516bb2e5e61488e11fe828f5273448362f0f096e4f79afac27609) { x = v; y = w; } else { x = uint64(v); y = uint64(w); }
    }
}
