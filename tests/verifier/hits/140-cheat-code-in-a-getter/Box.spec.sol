// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:deploy ()
/// @custom:initially empty: x() == 0 && owner() == address(0xA11CE)
/// @custom:invariant owned: owner() == address(0xA11CE)
interface Box {
    function x() external view returns (uint256);
    function owner() external view returns (address);
    /// @custom:modifies x()
    /// @custom:ensures stored: x() == v
    /// @custom:succeeds otherwise
    function set(uint256 v) external;
}
