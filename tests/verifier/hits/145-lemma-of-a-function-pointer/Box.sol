// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    uint256 public x;
    /// @custom:lemma never: fp != bad
    function() internal fp = bad;
    function bad() internal { x = 1; }
    function set(uint256 v) external { x = v; }
}
