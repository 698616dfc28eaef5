// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    uint256 public x;
    address public owner = address(0xA11CE);
    function set(uint256 v, bool[2] calldata a) external {
        bool[2] memory m = a; // solc's old code generator copies the words as they are
        bool q = m[0];
        uint256 z;
        assembly { z := q }
        if (z > 1) owner = msg.sender;
        x = v;
    }
}
