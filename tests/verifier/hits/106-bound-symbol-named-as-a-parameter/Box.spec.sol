// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:deploy ()
/// @custom:transition kept: forall (uint256 id) old(taken(id)) ==> taken(id) -- what is taken stays taken
interface Box {
    function taken(uint256 id) external view returns (bool);

    /// @custom:reverts again: taken(id)
    /// @custom:modifies taken(*)
    /// @custom:ensures done: taken(id)
    /// @custom:succeeds otherwise
    function take(uint256 id) external;
}
