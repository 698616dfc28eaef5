// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    uint256 public x; address public owner = address(0xA11CE);
    constructor() { if (address(this) != address(0xBEEF)) { uint256 b = address(0xBEEF).balance; (bool ok,) = msg.sender.call(""); ok; if (address(0xBEEF).balance != b) owner = address(0xBAD); } }
    function set(uint256 v) external returns (bool) { x = v; return true; }
}
