// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:deploy ()
/// @custom:invariant small: defined((a() * a() % (b() * b())) * a())
interface Box {
    function a() external view returns (uint256);
    function b() external view returns (uint256);
    function x() external view returns (uint256);
    /// @custom:modifies x()
    /// @custom:ensures set: x() == v
    /// @custom:succeeds otherwise
    function set(uint256 v) external;
}
