// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    uint256 public x;
    constructor(uint256[1537] memory) {}
    function set(uint256 v) external { x = v; }
}
