// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    uint256 public x; uint256 public y; uint8 public a; uint8 public b;
    function set(uint256 v, uint256 w, uint8 c, uint8 d) external { x = v; y = w; a = c; b = d; }
}
