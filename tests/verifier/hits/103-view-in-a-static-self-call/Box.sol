// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:lemma level: w == x
contract Box {
    uint256 public x;
    uint256 private w;
    uint256 public last;
    function worth() external view returns (uint256) { return w; }
    function set(uint256 v) external {
        x = v;
        last = this.worth();
        w = v;
    }
}
