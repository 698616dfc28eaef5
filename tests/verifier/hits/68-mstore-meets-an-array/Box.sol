// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    uint256 public x;
    address public owner = address(0xA11CE);
    function set(uint256 v) external {
        x = v;
        (bool ok,) = msg.sender.staticcall("");
        uint256[1] memory m;
        assembly { mstore(0x180, 1) }
        if (ok && m[0] == 1) owner = msg.sender;
    }
}
