// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:initially empty: x() == 0
/// @custom:invariant none: forall (address a, address b) allowed(a, b) == 0
interface Box {
    function x() external view returns (uint256);
    function allowed(address a, address b) external view returns (uint256);
    /// @custom:modifies x(), allowed(msg.sender, to)
    /// @custom:ensures stored: x() == v
    /// @custom:succeeds otherwise
    function set(uint256 v, address to) external;
}
