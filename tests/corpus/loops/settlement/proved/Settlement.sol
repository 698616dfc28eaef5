// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.24;
// expect: verified
// PROVED by horn: constructor.capped, settle.capped, settle.frame(cap), settle.grows, settle.sameCap
// PROVED by symbolic: everything else

contract Settlement {
    uint256 public immutable cap;
    uint256 public settled;

    constructor(uint256 cap_) {
        cap = cap_;
    }

    function settle(uint256[] calldata claims) external {
        for (uint256 i = 0; i < claims.length; ++i) {
            if (claims[i] > cap - settled) break;
            settled += claims[i];
        }
    }
}
