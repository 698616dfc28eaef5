// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @title It tells a number
interface Odd {
    function load() external view returns (uint256);
    /// @custom:modifies nothing
    /// @custom:succeeds otherwise
    function ask() external returns (uint256);
}
