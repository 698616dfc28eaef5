// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    uint256 public constant a = type(uint256).max - 1;
    uint256 public constant b = type(uint256).max;
    uint256 public x;
    function set(uint256 v) external { x = v; }
}
