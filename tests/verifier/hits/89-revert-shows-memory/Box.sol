// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    error Bad(uint256 code);
    uint256 public x;
    function set(uint256 v) external {
        if (v == 0) {
            (bool ok, ) = msg.sender.staticcall("");
            bytes4 s = Bad.selector;
            assembly { mstore(0xa0, s) revert(0xa0, 0x24) }
        }
        x = v;
    }
}
