// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.24;

/// @title A running total of what is recorded
/// @custom:deploy ()
/// @custom:initially none: total() == 0 && entries() == 0
interface Tally {
    function total() external view returns (uint256);
    function entries() external view returns (uint256);

    /// @custom:modifies total()
    /// @custom:changes counted: entries() by +values.length
    /// @custom:ensures grows: total() >= old(total())
    /// @custom:ensures bounded: total() <= old(total()) + 100 * values.length -- no entry is above 100
    /// @custom:succeeds never -- entries above 100 are refused
    function record(uint256[] calldata values) external;
}
