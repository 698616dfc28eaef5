// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @custom:deploy ()
/// @custom:initially empty: x() == 0 && y() == 0
/// @custom:invariant fits: defined(uint256(x() + y())) -- the two together always fit a word
/// @custom:invariant fits8: uint8(a() + b()) >= a()
interface Box {
    function x() external view returns (uint256);
    function y() external view returns (uint256);
    function a() external view returns (uint8);
    function b() external view returns (uint8);

    /// @custom:modifies x(), y(), a(), b()
    /// @custom:ensures stored: x() == v && y() == w
    /// @custom:succeeds otherwise
    function set(uint256 v, uint256 w, uint8 c, uint8 d) external;
}
