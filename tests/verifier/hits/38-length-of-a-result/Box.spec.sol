// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:initially empty: x() == 0 && owner() == address(0xA11CE)
/// @custom:invariant owned: owner() == address(0xA11CE)
interface Box {
    event Said(uint256 n);
    function x() external view returns (uint256);
    function owner() external view returns (address);
    /// @custom:modifies x()
    /// @custom:ensures stored: x() == v
    /// @custom:emits Said(bytes(words).length)
    /// @custom:succeeds otherwise
    function set(uint256 v) external returns (string memory words);
}
