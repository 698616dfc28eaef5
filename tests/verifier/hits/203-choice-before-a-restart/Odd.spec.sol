// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @title Two functions that may refuse, each as it likes
interface Odd {
    function load() external view returns (uint256);
    /// @custom:modifies nothing
    /// @custom:succeeds never -- it may refuse, or not
    function f() external;
    /// @custom:modifies nothing
    /// @custom:succeeds never -- it may refuse, or not
    function g() external;
    /// @custom:modifies nothing
    /// @custom:succeeds otherwise
    function a() external returns (uint256);
    /// @custom:modifies nothing
    /// @custom:succeeds otherwise
    function b() external returns (uint256);
}
