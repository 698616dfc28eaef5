// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:deploy ()
/// @custom:invariant order: bytes1(hex"61") < big()
interface Box {
    function big() external view returns (bytes2);
    /// @custom:modifies big()
    /// @custom:succeeds otherwise
    function set(uint256 v) external;
}
