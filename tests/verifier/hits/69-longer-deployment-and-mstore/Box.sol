// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    uint256 public x;
    address public owner = address(0xA11CE);
    constructor(uint256 n) {
        uint256[1] memory m;
        assembly { mstore(0x180, 1) }
        if (m[0] == 1) owner = address(0xBAD);
    }
    function set(uint256 v) external { x = v; }
}
