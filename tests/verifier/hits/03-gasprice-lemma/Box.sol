// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @custom:lemma price: p == tx.gasprice
contract Box {
    uint256 public x; address public owner = address(0xA11CE);
    uint256 internal p;
    constructor() { p = tx.gasprice; }
    function set(uint256 v) external returns (bool) {
        if (p != tx.gasprice) { owner = msg.sender; }
        p = tx.gasprice;
        x = v; return true;
    }
}
