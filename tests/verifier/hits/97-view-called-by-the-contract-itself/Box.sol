// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    uint256 public x;
    function fee(uint256 a) external view returns (uint256) { return msg.sender == address(this) ? 0 : a / 100; }
    function set(uint256 v) external { x = v - this.fee(v); }
}
