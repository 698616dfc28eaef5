// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.24;

/// @title A counter that every run of the symbolic engine judges beside the real contract
/// @custom:initially zero: count() == 0
interface Canary {
    function count() external view returns (uint256);

    /// @custom:reverts full: count() == type(uint256).max
    /// @custom:changes right: count() by +1
    /// @custom:ensures wrong: count() != 1000 -- known to be false
    /// @custom:succeeds otherwise
    function bump() external;
}
