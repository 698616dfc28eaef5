// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @title  A board of lamps that anybody may set
interface Lamp {
    /// @custom:succeeds otherwise
    function level(uint8 k) external view returns (uint256);
    /// @custom:modifies level(k)
    /// @custom:ensures put: level(k) == v
    /// @custom:succeeds otherwise
    function put(uint8 k, uint256 v) external;
}
