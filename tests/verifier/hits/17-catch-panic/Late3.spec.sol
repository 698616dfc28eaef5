// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:initially empty: x() == 0
interface Late3 {
    function x() external view returns (uint256);
    /// @custom:reverts never_this: (v ^ 0x1234567890ABCDEF0F0F) * 3 == 0x369d9a7f8acc153357b1
    /// @custom:modifies x()
    /// @custom:ensures stored: x() == v
    /// @custom:succeeds otherwise
    function set(uint256 v) external;
}
