// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @title A box
/// @custom:deploy ()
/// @custom:invariant owned: owner() == address(0xA11CE)
interface Box {
    function owner() external view returns (address);
    function x() external view returns (uint256);

    /// @custom:modifies x()
    /// @custom:ensures stored: x() == v
    /// @custom:succeeds otherwise
    function set(uint256 v) external;
}
