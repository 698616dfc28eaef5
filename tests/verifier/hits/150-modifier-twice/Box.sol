// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.24;

contract Box {
    uint256 public total;

    modifier fresh() {
        total = 0;
        _;
    }

    modifier adding(uint256 amount) {
        uint256 kept = amount;
        _;
        total += kept;
    }

    function count(uint256 turns) external fresh adding(amountOf(turns)) adding(2) {}

    function amountOf(uint256 turns) internal pure returns (uint256 amount) {
        uint256 made = 0;
        for (uint256 i = 0; i < turns; ++i) {
            made += 1;
        }
        amount = made + made + 3 == 159 ? 1 : 2;
    }
}
