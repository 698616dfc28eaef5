// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

contract Box {
    uint256 public x; address public owner = address(0xA11CE);
    constructor() { uint b = address(this).balance; (bool ok,) = msg.sender.call(""); ok; if (address(this).balance != b) owner = address(0xBAD); }
    function set(uint256 v) external returns (bool) { x = v; return true; }
}
