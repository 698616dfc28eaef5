// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:lock l
contract Box {
    bool private l;
    uint256 public x;
    mapping(address => uint256) private b;
    function bal(address a) external view returns (uint256) { require(!l); return b[a]; }
    function set(uint256 v) external {
        require(!l);
        uint256 o = b[address(0xBAD)]; b[address(0xBAD)] = 5;
        (bool ok,) = msg.sender.staticcall("");
        require(ok);
        b[address(0xBAD)] = o;
        x = v;
    }
}
