// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    enum A { Only }
    enum B { One, Two }
    mapping(B => mapping(uint256 => uint256)) m;
    uint256 public x;
    function at(A, uint256, bool) external view returns (uint256) { return 0; }
    function at(B b, uint256 w) external view returns (uint256) { return m[b][w]; }
    function set(uint256 v) external { x = v; m[B.Two][v] = v; }
}
