// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @title A box
/// @custom:deploy ()
/// @custom:initially tagged: tag() == keccak256(abi.encodePacked(small().length))
interface Box {
    function small() external view returns (bytes1);
    function tag() external view returns (bytes32);

    /// @custom:modifies nothing
    /// @custom:succeeds otherwise
    function set(uint256 v) external;
}
