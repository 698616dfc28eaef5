// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @title  An escrow with a deadline, for one buyer and one seller
/// @custom:deploy (address buyer_, address seller_, uint256 price_, uint256 deadline_)
/// @custom:undeployable oneParty: buyer_ == seller_ -- buyer and seller are two
/// @custom:initially terms: buyer() == buyer_ && seller() == seller_ && price() == price_ && deadline() == deadline_
/// @custom:initially waiting: state() == State.Waiting
/// @custom:invariant held: state() == State.Funded ==> balance(this) >= price() -- the money is there as long as it is owed
/// @custom:invariant parties: buyer() != seller()
/// @custom:transition sameTerms: buyer() == old(buyer()) && seller() == old(seller()) && price() == old(price()) && deadline() == old(deadline()) -- the terms never change
/// @custom:transition once: uint8(old(state())) >= 2 ==> state() == old(state()) -- the money goes out once
interface Escrow {
    enum State { Waiting, Funded, Released, Refunded }

    event Funded(address indexed by, uint256 amount);
    event Released(address indexed to, uint256 amount);
    event Refunded(address indexed to, uint256 amount);

    error NotAllowed(address who);
    error WrongState(State state);
    error TooLate(uint256 deadline);
    error TooEarly(uint256 deadline);
    error WrongAmount(uint256 price, uint256 sent);

    function buyer() external view returns (address);
    function seller() external view returns (address);
    function price() external view returns (uint256);
    function deadline() external view returns (uint256);
    function state() external view returns (State);

    /// @notice The buyer pays the price in.
    /// @custom:only buyer() with NotAllowed(msg.sender)
    /// @custom:reverts notWaiting with WrongState(state()): state() != State.Waiting
    /// @custom:reverts late with TooLate(deadline()): block.timestamp > deadline()
    /// @custom:reverts wrongAmount with WrongAmount(price(), msg.value): msg.value != price()
    /// @custom:modifies state()
    /// @custom:ensures funded: state() == State.Funded
    /// @custom:emits Funded(msg.sender, msg.value)
    /// @custom:succeeds otherwise
    function fund() external payable;

    /// @notice The buyer has the thing and releases the money.
    /// @custom:only buyer() with NotAllowed(msg.sender)
    /// @custom:reverts notFunded with WrongState(state()): state() != State.Funded
    /// @custom:modifies state()
    /// @custom:ensures released: state() == State.Released
    /// @custom:pays paid: seller(), price()
    /// @custom:emits Released(seller(), price())
    /// @custom:succeeds otherwise
    function release() external;

    /// @notice The money goes back: the seller may say so at any time, the buyer after the deadline.
    /// @custom:only buyer(), seller() with NotAllowed(msg.sender)
    /// @custom:reverts early with TooEarly(deadline()): msg.sender == buyer() && block.timestamp <= deadline()
    /// @custom:reverts notFunded with WrongState(state()): state() != State.Funded
    /// @custom:modifies state()
    /// @custom:ensures refunded: state() == State.Refunded
    /// @custom:pays paid: buyer(), price()
    /// @custom:emits Refunded(buyer(), price())
    /// @custom:succeeds otherwise
    function refund() external;
}
