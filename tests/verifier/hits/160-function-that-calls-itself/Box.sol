// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.24;

contract Box {
    uint256 public total;

    function count(uint256 turns) external {
        total = price(made(turns), true);
    }

    function price(uint256 amount, bool again) internal pure returns (uint256 paid) {
        paid = again && amount == 78 ? 4 : 3;
        if (again) price(amount, false);
    }

    function made(uint256 turns) internal pure returns (uint256 sum) {
        for (uint256 i = 0; i < turns; ++i) {
            sum += 1;
        }
    }
}
