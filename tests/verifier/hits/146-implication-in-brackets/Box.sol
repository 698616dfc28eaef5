// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    uint256 public x;
    bool private armed;
    /// @custom:lemma off: (armed) && (y == 0 ==> y == 1)
    uint256 private y;
    function set(uint256 v) external { x = v; }
}
