// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @title  A raffle: tickets at one price; after the close the owner names the winning ticket (chance is not promised)
/// @custom:deploy (address owner_, uint256 price_, uint256 closes_)
/// @custom:undeployable closed: closes_ <= block.timestamp
/// @custom:deployable open: closes_ > block.timestamp
/// @custom:initially terms: owner() == owner_ && price() == price_ && closes() == closes_
/// @custom:initially empty: state() == State.Open && count() == 0 && pot() == 0
/// @custom:initially nobody: forall (uint256 ticket) entrantOf(ticket) == address(0)
/// @custom:invariant solvent: state() != State.Paid ==> balance(this) >= pot()
/// @custom:invariant tickets: forall (uint256 ticket) ticket < count() <==> entrantOf(ticket) != address(0)
/// @custom:invariant drawn: state() == State.Open <==> winner() == address(0)
/// @custom:transition fixedTerms: owner() == old(owner()) && price() == old(price()) && closes() == old(closes())
/// @custom:transition settled: old(winner()) != address(0) ==> winner() == old(winner()) && pot() == old(pot())
interface Raffle {
    enum State { Open, Drawn, Paid }

    event Entered(address indexed who, uint256 ticket);
    event WinnerDrawn(address indexed winner, uint256 ticket);
    event PrizeClaimed(address indexed winner, uint256 prize);

    error NotOpen();
    error WrongPrice();
    error Full();
    error NotOwner();
    error StillOpen();
    error NoSuchTicket(uint256 ticket);
    error NotWinner();
    error NotDrawn();

    function owner() external view returns (address);
    function price() external view returns (uint256);
    function closes() external view returns (uint256);
    function state() external view returns (State);
    function count() external view returns (uint256);
    function pot() external view returns (uint256);
    function winner() external view returns (address);
    function entrantOf(uint256 ticket) external view returns (address);

    /// @notice Buy one ticket before the close.
    /// @custom:reverts closed with NotOpen(): state() != State.Open || block.timestamp >= closes()
    /// @custom:reverts wrongPrice with WrongPrice(): msg.value != price()
    /// @custom:reverts full with Full(): count() >= type(uint64).max
    /// @custom:changes sold: count() by +1, pot() by +msg.value
    /// @custom:modifies entrantOf(ticket)
    /// @custom:ensures number: ticket == old(count())
    /// @custom:ensures entered: entrantOf(ticket) == msg.sender
    /// @custom:emits Entered(msg.sender, count())
    /// @custom:succeeds otherwise
    function enter() external payable returns (uint256 ticket);

    /// @notice The owner names the winning ticket, once, after the close.
    /// @custom:only owner() with NotOwner()
    /// @custom:reverts early with StillOpen(): block.timestamp < closes()
    /// @custom:reverts again with NotOpen(): state() != State.Open
    /// @custom:reverts noTicket with NoSuchTicket(ticket): ticket >= count()
    /// @custom:ensures chosen: winner() == entrantOf(ticket) && state() == State.Drawn
    /// @custom:modifies winner(), state()
    /// @custom:emits WinnerDrawn(entrantOf(ticket), ticket)
    /// @custom:succeeds otherwise
    function draw(uint256 ticket) external;

    /// @notice The winner takes the pot.
    /// @custom:only winner() with NotWinner()
    /// @custom:reverts notDrawn with NotDrawn(): state() != State.Drawn
    /// @custom:ensures finished: state() == State.Paid
    /// @custom:modifies state()
    /// @custom:pays prize: winner(), pot()
    /// @custom:emits PrizeClaimed(winner(), pot())
    /// @custom:succeeds otherwise
    function claim() external;
}
