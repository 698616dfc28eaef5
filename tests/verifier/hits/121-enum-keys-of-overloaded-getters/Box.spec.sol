// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:deploy ()
interface Box {
    enum A { Only }
    enum B { One, Two }
    function at(A a, uint256 i, bool) external view returns (uint256);
    function at(B b, uint256 w) external view returns (uint256);
    function x() external view returns (uint256);
    /// @custom:modifies x()
    /// @custom:ensures set: x() == v
    /// @custom:succeeds otherwise
    function set(uint256 v) external;
}
