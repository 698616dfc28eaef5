// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.24;

/// @title box
/// @custom:deploy ()
/// @custom:initially empty: x() == 0
/// @custom:invariant small: x() <= 1000
interface Box {
    function x() external view returns (uint256);

    /// @custom:equals x() / 2
    function half() external view returns (uint256);

    /// @custom:modifies x()
    /// @custom:reverts big: v > 1000
    /// @custom:ensures set: x() == v
    /// @custom:succeeds otherwise
    function set(uint256 v) external;
}
