// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    uint256 public x;
    address public owner = address(0xA11CE);
    function set(uint256 v) external { x = v; }
    function owner2(address o) external { owner = o; }
    function owner2() external view returns (address) { return owner; }
}
