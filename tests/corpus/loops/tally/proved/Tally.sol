// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.24;
// expect: verified
// PROVED by horn: constructor.none, record.bounded, record.counted, record.grows
// PROVED by symbolic: everything else

contract Tally {
    uint256 public total;
    uint256 public entries;

    function record(uint256[] calldata values) external {
        for (uint256 i = 0; i < values.length; ++i) {
            require(values[i] <= 100);
            total += values[i];
            ++entries;
        }
    }
}
