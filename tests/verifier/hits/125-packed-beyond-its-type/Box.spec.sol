// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:deploy ()
interface Box {
    function tag() external view returns (bytes32);
    /// @custom:modifies tag()
    /// @custom:ensures tagged: tag() == keccak256(abi.encodePacked(a + b))
    /// @custom:succeeds otherwise
    function set(uint8 a, uint8 b) external;
}
