// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    bytes32 public tag;
    function set(uint8 a, uint8 b) external { unchecked { tag = keccak256(abi.encodePacked(a + b)); } }
}
