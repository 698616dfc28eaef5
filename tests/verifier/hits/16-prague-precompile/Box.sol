// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    uint256 public x; address public owner = address(0xA11CE);
    function set(uint256 v) external returns (bool) { x = v; (bool ok,) = address(0x0b).staticcall("garbage"); require(ok); return true; }
}
