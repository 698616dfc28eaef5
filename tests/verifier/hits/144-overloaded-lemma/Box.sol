// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    uint256 public x;
    /// @custom:lemma size: msg.data.length == 4
    uint256 private y;
    function solwright_lemma_size(uint256) external pure returns (bool) { return true; }
    function set(uint256 v) external { x = v; }
}
