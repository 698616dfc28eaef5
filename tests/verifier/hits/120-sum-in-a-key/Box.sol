// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    mapping(address => uint256) public bal;
    uint256 public total;
    mapping(uint256 => bool) public seen;
    function add() external { unchecked { seen[total - bal[msg.sender]] = true; } total += 1; unchecked { bal[msg.sender] += 1; } }
}
