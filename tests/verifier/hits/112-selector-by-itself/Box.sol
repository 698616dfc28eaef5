// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    uint256 public x;
    function hidden(uint256 v) external { require(msg.sender == address(this)); x = v; }
    function set(uint256 v) external { this.hidden(v); }
}
