// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:deploy ()
/// @custom:initially empty: x() == 0
/// @custom:invariant level locked: x() == y()
interface Box {
    function x() external view returns (uint256);
    function y() external view returns (uint256);
    /// @custom:modifies x(), y()
    /// @custom:ensures stored: x() == v
    /// @custom:succeeds otherwise
    function set(uint256 v) external;
}
