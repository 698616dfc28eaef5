// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.24;

/// @title Steps that are sorted into two heaps
/// @custom:deploy ()
interface Steps {
    function small() external view returns (uint256);
    function large() external view returns (uint256);

    /// @custom:modifies small(), large()
    /// @custom:ensures all: small() + large() == old(small()) + old(large()) + sizes.length
    /// @custom:succeeds never -- it may run out of gas
    function sort(uint256[] calldata sizes, uint256 limit) external;
}
