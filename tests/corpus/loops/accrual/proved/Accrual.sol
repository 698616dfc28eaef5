// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.24;
// expect: verified
// PROVED by horn: accrue.grown, accrue.large, accrue.passed, constructor.owed
// PROVED by symbolic: everything else

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
            period += 1;
        }
    }
}
