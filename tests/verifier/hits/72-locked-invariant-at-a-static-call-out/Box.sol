// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:lock l
contract Box {
    uint256 private a;
    uint256 private b;
    bool private l;
    function x() external view returns (uint256) { require(!l); return a; }
    function y() external view returns (uint256) { require(!l); return b; }
    function set(uint256 v) external {
        require(!l);
        a = v;
        (bool ok,) = msg.sender.staticcall("");
        require(ok);
        b = v;
    }
}
