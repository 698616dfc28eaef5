// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.24;
// expect: not-verified record.grows
// FAULT: the total may wrap

contract Tally {
    uint256 public total;
    uint256 public entries;

    function record(uint256[] calldata values) external {
        for (uint256 i = 0; i < values.length; ++i) {
            unchecked { total += values[i]; }
            ++entries;
        }
    }
}
