// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    uint256 public x;
    constructor(address feed_) { (bool ok,) = feed_.call(""); if (!ok) revert(); }
    function set(uint256 v) external { x = v; }
}
