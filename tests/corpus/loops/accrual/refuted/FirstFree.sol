// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.24;
// expect: not-verified accrue.passed
// FAULT: the tenth period does not count

contract Accrual {
    uint256 public debt;
    uint256 public period;

    constructor(uint256 debt_) {
        debt = debt_;
    }

    function accrue(uint256 periods) external {
        require(periods <= 1000000);
        for (uint256 i = 0; i < periods; ++i) {
            debt += 3;
            if (i != 9) period += 1;
        }
    }
}
