// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.24;

/// @title A ledger of points that are sent in batches
/// @custom:deploy (uint256 supply_)
/// @custom:transition fixedSupply: supply() == old(supply())
interface Batch {
    function supply() external view returns (uint256);
    function balanceOf(address who) external view returns (uint256);
    function count() external view returns (uint256);

    /// @custom:modifies balanceOf(*)
    /// @custom:changes counted: count() by +to.length
    /// @custom:reverts lengths: to.length != amounts.length
    /// @custom:ensures spends: balanceOf(msg.sender) <= old(balanceOf(msg.sender))
    /// @custom:ensures others: forall (address z) z != msg.sender ==> balanceOf(z) >= old(balanceOf(z)) -- nobody else loses
    /// @custom:succeeds never -- the sender may run out of points
    function send(address[] calldata to, uint256[] calldata amounts) external;
}
