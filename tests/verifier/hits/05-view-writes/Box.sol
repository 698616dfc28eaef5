// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

contract Box {
    uint256 public x; address public owner = address(0xA11CE);
    struct A { function() internal f; }
    struct B { function() internal view f; }
    function set(uint256 v) external returns (bool) { x = v; return true; }
    function steal() internal { owner = msg.sender; }
    function peek() external view { A memory a; B memory b; a.f = steal; assembly { b := a } b.f(); }
}
