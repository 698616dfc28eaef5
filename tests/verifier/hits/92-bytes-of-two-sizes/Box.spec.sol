// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @title A box
/// @custom:deploy ()
/// @custom:invariant order: small() < big()
interface Box {
    function small() external view returns (bytes1);
    function big() external view returns (bytes2);

    /// @custom:modifies small(), big()
    /// @custom:succeeds otherwise
    function set(uint256 v) external;
}
