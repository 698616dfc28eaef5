// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:deploy (uint256 deadline_)
/// @custom:initially empty: x() == 0 && deadline() == deadline_
interface Late {
    function x() external view returns (uint256);
    function deadline() external view returns (uint256);
    /// @custom:reverts early: block.timestamp < deadline()
    /// @custom:modifies x()
    /// @custom:ensures stored: x() == v
    /// @custom:succeeds otherwise
    function set(uint256 v) external;
}
