// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @title  Three members save together: in each round all pay in, and one of them, in turn, takes the pot
/// @custom:deploy (address first_, address second_, address third_, uint256 amount_)
/// @custom:undeployable twice: first_ == second_ || second_ == third_ || first_ == third_
/// @custom:deployable distinctMembers: first_ != second_ && second_ != third_ && first_ != third_
/// @custom:initially terms: first() == first_ && second() == second_ && third() == third_ && amount() == amount_
/// @custom:initially empty: turn() == 0 && pot() == 0
/// @custom:initially nobody: forall (address who) !hasPaid(who)
/// @custom:invariant distinct: first() != second() && second() != third() && first() != third()
/// @custom:invariant turns: turn() < 3
/// @custom:invariant filled: pot() == (hasPaid(first()) ? amount() : 0) + (hasPaid(second()) ? amount() : 0) + (hasPaid(third()) ? amount() : 0)
/// @custom:invariant solvent: balance(this) >= pot()
/// @custom:transition fixedTerms: first() == old(first()) && second() == old(second()) && third() == old(third()) && amount() == old(amount())
interface Savings {
    event PaidIn(address indexed who, uint256 turn);
    event Collected(address indexed who, uint256 amount);

    error NotMember(address who);
    error AlreadyPaid();
    error WrongAmount();
    error NotYourTurn();
    error SomebodyHasNotPaid();

    function first() external view returns (address);
    function second() external view returns (address);
    function third() external view returns (address);
    function amount() external view returns (uint256);
    function turn() external view returns (uint256);
    function pot() external view returns (uint256);
    function hasPaid(address who) external view returns (bool);

    /// @notice Whose turn it is.
    /// @custom:equals turn() == 0 ? first() : turn() == 1 ? second() : third()
    function recipient() external view returns (address);

    /// @notice Pay one's share of this round.
    /// @custom:only first(), second(), third() with NotMember(msg.sender)
    /// @custom:reverts twice with AlreadyPaid(): hasPaid(msg.sender)
    /// @custom:reverts wrongAmount with WrongAmount(): msg.value != amount()
    /// @custom:ensures noted: hasPaid(msg.sender)
    /// @custom:modifies hasPaid(msg.sender)
    /// @custom:changes added: pot() by +msg.value
    /// @custom:emits PaidIn(msg.sender, turn())
    /// @custom:succeeds otherwise
    function payIn() external payable;

    /// @notice Take the pot and begin the next round.
    /// @custom:only recipient() with NotYourTurn()
    /// @custom:reverts unpaid with SomebodyHasNotPaid(): !hasPaid(first()) || !hasPaid(second()) || !hasPaid(third())
    /// @custom:ensures reset: pot() == 0 && !hasPaid(first()) && !hasPaid(second()) && !hasPaid(third())
    /// @custom:ensures next: turn() == (old(turn()) == 2 ? 0 : old(turn()) + 1)
    /// @custom:modifies turn(), pot(), hasPaid(first()), hasPaid(second()), hasPaid(third())
    /// @custom:pays all: msg.sender, 3 * amount()
    /// @custom:emits Collected(msg.sender, 3 * amount())
    /// @custom:succeeds otherwise
    function collect() external;
}
