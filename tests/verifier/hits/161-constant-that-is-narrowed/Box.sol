// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.24;

contract Box {
    uint256 public total;
    uint16 constant LARGE = 300;

    function count(uint256 turns) external {
        total = made(turns) == 78 ? uint8(LARGE) : 3;
    }

    function made(uint256 turns) internal pure returns (uint256 sum) {
        for (uint256 i = 0; i < turns; ++i) {
            sum += 1;
        }
    }
}
