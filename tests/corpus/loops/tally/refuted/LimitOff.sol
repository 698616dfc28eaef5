// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.24;
// expect: not-verified record.bounded
// FAULT: 101 is let in

contract Tally {
    uint256 public total;
    uint256 public entries;

    function record(uint256[] calldata values) external {
        for (uint256 i = 0; i < values.length; ++i) {
            require(values[i] <= 101);
            total += values[i];
            ++entries;
        }
    }
}
