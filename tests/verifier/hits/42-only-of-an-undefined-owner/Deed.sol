// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Deed {
    mapping(uint256 => address) internal _o; address public king = address(0xA11CE);
    function ownerOf(uint256 id) external view returns (address) { require(_o[id] != address(0)); return _o[id]; }
    function take(uint256 id, address to) external { require(_o[id] == address(0) || _o[id] == msg.sender); require(to != address(0)); _o[id] = to; } }
