// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:deploy ()
/// @custom:initially empty: x() == 0
interface Box {
    enum State { Open, Closed }
    function x() external view returns (uint256);
    /// @custom:modifies x()
    /// @custom:ensures stored: x() == v && before == old(x())
    /// @custom:succeeds otherwise
    function set(uint256 v) external returns (uint256 before, State);
}
