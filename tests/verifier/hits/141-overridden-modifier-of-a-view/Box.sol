// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
abstract contract Base {
    uint256 public x;
    address public owner = address(0xA11CE);
    modifier seen() virtual { _; }
    function peek() external view seen returns (uint256) { return x; }
}
contract Box is Base {
    modifier seen() override { owner = msg.sender; _; }
    function set(uint256 v) external { x = v; }
}
