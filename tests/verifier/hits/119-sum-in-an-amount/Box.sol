// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    mapping(address => uint256) public bal;
    uint256 public total;
    uint256 public score;
    function add() external { total += 1; unchecked { bal[msg.sender] += 1; } }
    function count() external { if (score > type(uint128).max || total > type(uint128).max) revert(); unchecked { score += total - bal[msg.sender]; } }
}
