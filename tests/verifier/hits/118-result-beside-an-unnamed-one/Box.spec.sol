// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:deploy (address owner_)
/// @custom:initially owned: owner() == owner_
interface Box {
    function x() external view returns (uint256);
    function owner() external view returns (address);
    /// @custom:modifies x()
    /// @custom:ensures set: x() == v && result == v
    /// @custom:succeeds otherwise
    function set(uint256 v) external returns (uint256 result, uint8);
}
