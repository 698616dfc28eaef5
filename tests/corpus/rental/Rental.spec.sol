// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @title  The deposit of a rented flat: held until the landlord returns it, the tenant gives it up, or nobody objects for a month after the end
/// @custom:deploy (address landlord_, address tenant_, uint256 amount_, uint64 ends_)
/// @custom:undeployable sameParty: landlord_ == tenant_
/// @custom:undeployable free: amount_ == 0
/// @custom:deployable sensible: landlord_ != tenant_ && amount_ > 0
/// @custom:initially terms: landlord() == landlord_ && tenant() == tenant_ && amount() == amount_ && ends() == ends_
/// @custom:initially open: state() == State.Open
/// @custom:invariant held: state() == State.Held ==> balance(this) >= amount()
/// @custom:invariant parties: landlord() != tenant()
/// @custom:transition fixedTerms: landlord() == old(landlord()) && tenant() == old(tenant()) && amount() == old(amount()) && ends() == old(ends())
/// @custom:transition forward: uint8(state()) >= uint8(old(state())) && (uint8(old(state())) >= 2 ==> state() == old(state()))
interface Rental {
    enum State { Open, Held, Returned, Forfeited }

    event DepositPaid(address indexed tenant, uint256 amount);
    event DepositReturned(address indexed tenant, uint256 amount);
    event DepositForfeited(address indexed landlord, uint256 amount);

    error NotYou();
    error WrongAmount(uint256 sent, uint256 due);
    error WrongState(State state);
    error TooEarly();

    function landlord() external view returns (address);
    function tenant() external view returns (address);
    function amount() external view returns (uint256);
    function ends() external view returns (uint64);
    function state() external view returns (State);

    /// @notice The tenant pays the deposit, once.
    /// @custom:only tenant() with NotYou()
    /// @custom:reverts notOpen with WrongState(state()): state() != State.Open
    /// @custom:reverts wrongAmount with WrongAmount(msg.value, amount()): msg.value != amount()
    /// @custom:ensures paidIn: state() == State.Held
    /// @custom:modifies state()
    /// @custom:emits DepositPaid(msg.sender, msg.value)
    /// @custom:succeeds otherwise
    function payDeposit() external payable;

    /// @notice The landlord gives the deposit back, at any time.
    /// @custom:only landlord() with NotYou()
    /// @custom:reverts notHeld with WrongState(state()): state() != State.Held
    /// @custom:ensures given: state() == State.Returned
    /// @custom:modifies state()
    /// @custom:pays back: tenant(), amount()
    /// @custom:emits DepositReturned(tenant(), amount())
    /// @custom:succeeds otherwise
    function giveBack() external;

    /// @notice The tenant leaves the deposit to the landlord.
    /// @custom:only tenant() with NotYou()
    /// @custom:reverts notHeld with WrongState(state()): state() != State.Held
    /// @custom:ensures lost: state() == State.Forfeited
    /// @custom:modifies state()
    /// @custom:pays over: landlord(), amount()
    /// @custom:emits DepositForfeited(landlord(), amount())
    /// @custom:succeeds otherwise
    function forfeit() external;

    /// @notice The tenant takes the deposit back 30 days after the end.
    /// @custom:only tenant() with NotYou()
    /// @custom:reverts early with TooEarly(): block.timestamp < ends() + 30 days
    /// @custom:reverts notHeld with WrongState(state()): state() != State.Held
    /// @custom:ensures taken: state() == State.Returned
    /// @custom:modifies state()
    /// @custom:pays back: msg.sender, amount()
    /// @custom:emits DepositReturned(msg.sender, amount())
    /// @custom:succeeds otherwise
    function reclaim() external;
}
