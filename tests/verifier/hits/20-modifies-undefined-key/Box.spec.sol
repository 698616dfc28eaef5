// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:initially empty: owner() == address(0xA11CE)
interface Box {
    function rank(uint8 i) external view returns (uint256);
    function owner() external view returns (address);
    /// @custom:modifies rank(uint8(n))
    /// @custom:ensures stored: n < 256 ==> rank(uint8(n)) == n
    /// @custom:succeeds otherwise
    function set(uint256 n) external;
}
