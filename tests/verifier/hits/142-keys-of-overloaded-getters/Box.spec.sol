// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:deploy ()
/// @custom:initially empty: x() == 0
interface Box {
    enum Kind { A, B }
    function x() external view returns (uint256);
    function at(Kind k) external view returns (uint256);
    function at(uint8 k, uint8 j) external view returns (uint256);
    /// @custom:modifies x()
    /// @custom:ensures stored: x() == v
    /// @custom:succeeds otherwise
    function set(uint256 v) external;
}
