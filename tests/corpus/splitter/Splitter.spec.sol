// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @title  Ether that comes in is shared by two payees, who may be the same; each takes its own
/// @custom:deploy (address first_, address second_)
/// @custom:initially terms: first() == first_ && second() == second_
/// @custom:invariant solvent: balance(this) >= sum(credit)
/// @custom:transition fixedTerms: first() == old(first()) && second() == old(second())
interface Splitter {
    event Split(uint256 toFirst, uint256 toSecond);
    event Withdrawn(address indexed who, uint256 amount);

    error NothingDue();

    function first() external view returns (address);
    function second() external view returns (address);
    function credit(address who) external view returns (uint256);

    /// @notice Half for each; an odd wei goes to the second.
    /// @custom:changes shared: credit(first()) by +(msg.value / 2), credit(second()) by +(msg.value - msg.value / 2)
    /// @custom:emits Split(msg.value / 2, msg.value - msg.value / 2)
    /// @custom:succeeds otherwise
    receive() external payable;

    /// @notice Take all that is due to oneself.
    /// @custom:reverts nothing with NothingDue(): credit(msg.sender) == 0
    /// @custom:changes taken: credit(msg.sender) by -credit(msg.sender)
    /// @custom:pays due: msg.sender, credit(msg.sender)
    /// @custom:emits Withdrawn(msg.sender, credit(msg.sender))
    /// @custom:succeeds otherwise
    function withdraw() external;
}
