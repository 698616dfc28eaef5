// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.24;

contract Canary {
    uint256 public count;

    function bump(uint256 times) external {
        for (uint256 i = 0; i < times; ++i) {
            count += 1;
        }
    }
}
