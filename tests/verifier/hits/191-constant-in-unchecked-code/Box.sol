// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.24;

contract Box {
    uint256 public total;
    uint8 private constant HALF = 200;
    uint8 private constant WHOLE = HALF + HALF;

    function count(uint256 turns) external {
        total = 3;
        if (made(turns) == 78) {
            unchecked {
                total = WHOLE;
            }
        }
    }

    function made(uint256 turns) internal pure returns (uint256 sum) {
        for (uint256 i = 0; i < turns; ++i) {
            sum += 1;
        }
    }
}
