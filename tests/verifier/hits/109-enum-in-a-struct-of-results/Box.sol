// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:lemma big: s >= 7
contract Box {
    uint256 public x;
    uint8 internal s = 7;
    uint256 internal l;
    function info() external view returns (uint8, uint256) { return (s, l); }
    function set(uint256 v) external { x = v; if (keccak256(abi.encode(v)) == 0x5d8fa534926516bb2e5e61488e11fe828f5273448362f0f096e4f79afac27609) { s = 8; l = 5; } }
}
