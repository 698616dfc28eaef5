// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    mapping(uint8 => uint256) public rank; address public owner = address(0xA11CE);
    function set(uint256 n) external { rank[uint8(n)] = n; } }
