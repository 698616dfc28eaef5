// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.24;

/// @title A counter that every run of the Horn engine judges beside the real contract
/// @custom:initially zero: count() == 0
interface Canary {
    function count() external view returns (uint256);

    /// @custom:changes right: count() by +times
    /// @custom:ensures wrong: count() != 2 -- known to be false
    /// @custom:succeeds never -- a counter for tests
    function bump(uint256 times) external;
}
