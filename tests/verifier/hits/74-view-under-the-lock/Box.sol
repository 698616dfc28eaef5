// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:lock l
/// @custom:lemma level locked: w == x
contract Box {
    uint256 public x;
    uint256 private w;
    bool private l;
    function worth() external view returns (uint256) { return w; }
    function set(uint256 v) external {
        require(!l);
        l = true;
        x = v;
        (bool ok,) = msg.sender.call("");
        require(ok);
        w = v;
        l = false;
    }
}
