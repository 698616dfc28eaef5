// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    address public immutable lamp;
    uint256 public x;
    constructor(address lamp_) { lamp = lamp_; }
    function set(uint256 v) external { x = v; }
}
