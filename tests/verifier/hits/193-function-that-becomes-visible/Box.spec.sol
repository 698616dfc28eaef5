// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.24;

/// @title A tally
/// @custom:deploy ()
/// @custom:initially empty: total() == 0
interface Box {
    function total() external view returns (uint256);

    /// @custom:succeeds otherwise
    function join(address coin) external;

    /// @custom:modifies total()
    /// @custom:ensures none: total() == 0
    /// @custom:succeeds never -- there may be too many turns
    function count(uint256 turns) external;
}
