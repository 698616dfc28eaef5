// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    enum Kind { A, B }
    uint256 public x;
    mapping(uint8 => mapping(uint8 => uint256)) private two;
    mapping(Kind => uint256) private one;
    function at(Kind k) external view returns (uint256) { return one[k]; }
    function at(uint8 k, uint8 j) external view returns (uint256) { return two[k][j]; }
    function set(uint256 v) external { x = v; if (v / 7 == 0x123456789abcdef0123456789 && v % 7 == 3) two[7][7] = v; }
}
