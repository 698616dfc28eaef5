// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.24;
// expect: not-verified settle.capped
// FAULT: the cap is looked at before the first claim only

contract Settlement {
    uint256 public immutable cap;
    uint256 public settled;

    constructor(uint256 cap_) {
        cap = cap_;
    }

    function settle(uint256[] calldata claims) external {
        for (uint256 i = 0; i < claims.length; ++i) {
            if (i == 0 && claims[i] > cap - settled) break;
            settled += claims[i];
        }
    }
}
