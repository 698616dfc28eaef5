// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:deploy ()
/// @custom:initially empty: x() == 0
interface Box {
    function x() external view returns (uint256);
    function owner() external view returns (address);
    /// @custom:modifies nothing
    /// @custom:succeeds otherwise
    function arm() external;
    /// @custom:modifies x()
    /// @custom:ensures stored: x() == v
    /// @custom:succeeds never -- because
    function set(uint256 v) external;
}
