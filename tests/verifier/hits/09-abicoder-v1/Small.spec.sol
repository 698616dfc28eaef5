// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:initially empty: x() == 0 && owner() == address(0xA11CE)
interface Small {
    function x() external view returns (uint256);
    function owner() external view returns (address);
    /// @custom:modifies x()
    /// @custom:ensures stored: x() == v
    /// @custom:succeeds otherwise
    function set(uint8 v) external;
}
