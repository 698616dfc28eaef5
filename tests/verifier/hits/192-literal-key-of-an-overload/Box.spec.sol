// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.24;

/// @title A tally
/// @custom:deploy ()
/// @custom:initially empty: held(5) == 0
interface Box {
    function held(uint8 key) external view returns (uint256);

    /// @custom:modifies held(*)
    /// @custom:ensures none: held(5) == 0
    /// @custom:succeeds never -- there may be too many turns
    function count(uint256 turns) external;
}
