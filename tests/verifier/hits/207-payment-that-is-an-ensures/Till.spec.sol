// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @title  A till whose owner takes everything out
/// @custom:deploy (address owner_)
/// @custom:initially set: owner() == owner_ && total() == 0
/// @custom:invariant solvent: balance(this) >= total()
interface Till {
    function owner() external view returns (address);
    function total() external view returns (uint256);
    /// @custom:reverts full: total() + msg.value > type(uint256).max
    /// @custom:changes more: total() by +msg.value
    /// @custom:succeeds otherwise
    function put() external payable;
    /// @notice Send everything to the owner.
    /// @custom:only owner()
    /// @custom:modifies total()
    /// @custom:ensures empty: total() == 0
    /// @custom:ensures pays: sent(owner()) == old(total()) -- the owner gets it all
    /// @custom:ensures others: forall (address a) a != owner() ==> sent(a) == 0
    /// @custom:succeeds otherwise
    function take() external;
}
