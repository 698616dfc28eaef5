// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:deploy ()
/// @custom:initially none: x() == 0
interface Box {
    function x() external view returns (uint256);
    /// @custom:reverts big: result > 255
    /// @custom:modifies x()
    /// @custom:ensures set: x() == result
    /// @custom:succeeds otherwise
    function set(uint256 result) external returns (uint8, uint8);
}
