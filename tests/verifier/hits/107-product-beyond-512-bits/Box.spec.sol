// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:deploy ()
/// @custom:initially empty: x() == 0 && y() == 0
/// @custom:invariant wide: defined(x() * y() * 2 ** 20)
/// @custom:invariant wide2: x() * y() * 2 ** 20 >= 0
interface Box {
    function x() external view returns (uint256);
    function y() external view returns (uint256);
    /// @custom:modifies x(), y()
    /// @custom:succeeds otherwise
    function set(uint256 v, uint256 w) external;
}
