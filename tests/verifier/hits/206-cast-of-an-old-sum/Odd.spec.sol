// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @title It says whether two small numbers are a small number together
interface Odd {
    /// @custom:succeeds otherwise
    function x() external view returns (uint8);
    /// @custom:succeeds otherwise
    function y() external view returns (uint8);
    /// @custom:modifies x(), y()
    /// @custom:succeeds otherwise
    function set() external;
    /// @custom:modifies nothing
    /// @custom:ensures told: result <==> defined(uint8(old(x() + y())))
    /// @custom:succeeds otherwise
    function ask() external returns (bool);
}
