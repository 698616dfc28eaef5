// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:deploy ()
/// @custom:initially empty: x() == 0 && owner() == address(0xA11CE)
interface Box {
    function x() external view returns (uint256);
    function owner() external view returns (address);
    /// @custom:modifies nothing
    /// @custom:succeeds otherwise
    function poke() external;
    /// @custom:modifies x(), owner()
    /// @custom:ensures stored: x() == v
    /// @custom:succeeds otherwise
    function set(uint256 v) external;
}
