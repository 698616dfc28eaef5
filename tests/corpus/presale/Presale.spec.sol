// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @title  A pre-sale: units at one price, up to a cap
/// @custom:deploy (address owner_, uint256 price_, uint256 cap_)
/// @custom:initially terms: owner() == owner_ && price() == price_ && cap() == cap_
/// @custom:initially empty: sold() == 0 && proceeds() == 0
/// @custom:invariant capped: sold() <= cap()
/// @custom:invariant accounted: sum(boughtBy) == sold()
/// @custom:invariant solvent: balance(this) >= proceeds()
/// @custom:transition fixedTerms: owner() == old(owner()) && price() == old(price()) && cap() == old(cap())
interface Presale {
    event Bought(address indexed who, uint256 units, uint256 paid);
    event Collected(uint256 amount);

    error NothingBought();
    error SoldOut();
    error NotOwner();

    function owner() external view returns (address);
    function price() external view returns (uint256);
    function cap() external view returns (uint256);
    function sold() external view returns (uint256);
    function proceeds() external view returns (uint256);
    function boughtBy(address who) external view returns (uint256);

    /// @notice Buy `n` units for exactly their price.
    /// @custom:reverts nothing with NothingBought(): n == 0
    /// @custom:reverts soldOut with SoldOut(): sold() + n > cap()
    /// @custom:reverts wrongPayment: msg.value != n * price()
    /// @custom:changes bought: boughtBy(msg.sender) by +n, sold() by +n, proceeds() by +msg.value
    /// @custom:emits Bought(msg.sender, n, msg.value)
    /// @custom:succeeds otherwise
    function buy(uint256 n) external payable;

    /// @notice The owner takes what came in.
    /// @custom:only owner() with NotOwner()
    /// @custom:changes emptied: proceeds() by -proceeds()
    /// @custom:pays takings: msg.sender, proceeds()
    /// @custom:emits Collected(proceeds())
    /// @custom:succeeds otherwise
    function collect() external;
}
