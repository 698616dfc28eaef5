// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:deploy (address feed_)
/// @custom:deployable always: true
interface Box {
    function x() external view returns (uint256);
    /// @custom:modifies x()
    /// @custom:ensures set: x() == v
    /// @custom:succeeds otherwise
    function set(uint256 v) external;
}
