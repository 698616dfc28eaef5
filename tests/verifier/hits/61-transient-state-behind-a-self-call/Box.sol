// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
interface Hidden { function hidden() external view returns (address); }
contract Box {
    uint256 public x;
    address transient private o;
    constructor() { o = address(0xA11CE); }
    function hidden() external view returns (address) { return o; }
    function owner() external view returns (address) { return Hidden(address(this)).hidden(); }
    function set(uint256 v) external returns (bool) { x = v; return true; }
}
