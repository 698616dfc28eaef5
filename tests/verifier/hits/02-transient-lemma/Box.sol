// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @custom:lemma warm: t == 7
contract Box {
    uint256 public x; address public owner = address(0xA11CE);
    uint256 internal transient t;
    constructor() { t = 7; }
    function set(uint256 v) external returns (bool) {
        if (t != 7) { owner = msg.sender; }
        t = 7;
        x = v; return true;
    }
}
