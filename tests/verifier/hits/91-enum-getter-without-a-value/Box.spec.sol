// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @title A gate
/// @custom:deploy ()
/// @custom:initially empty: x() == 0
interface Box {
    enum State { Closed, Open }
    function state() external view returns (State);
    function x() external view returns (uint256);

    /// @custom:modifies x()
    /// @custom:ensures stored: x() == v
    /// @custom:succeeds otherwise
    function set(uint256 v) external;
}
