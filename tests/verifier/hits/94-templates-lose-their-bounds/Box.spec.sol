// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:deploy () payable
interface Box {
    function x() external view returns (uint256);
    function owner() external view returns (address);
    /// @custom:modifies x()
    /// @custom:ensures stored: x() == v
    /// @custom:succeeds otherwise
    function set(uint256 v) external;
}
