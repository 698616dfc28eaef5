// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:deploy ()
interface Box {
    function x() external view returns (uint256);
    /// @custom:modifies x()
    /// @custom:ensures zero: b == 0
    /// @custom:succeeds otherwise
    function get(uint256 v) external returns (bytes memory a, uint256 b);
}
