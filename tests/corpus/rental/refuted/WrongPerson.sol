// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: not-verified reclaim.unauthorised
// FAULT: the landlord may reclaim too, and gets the deposit

contract Rental {
    enum State { Open, Held, Returned, Forfeited }

    event DepositPaid(address indexed tenant, uint256 amount);
    event DepositReturned(address indexed tenant, uint256 amount);
    event DepositForfeited(address indexed landlord, uint256 amount);

    error NotYou();
    error WrongAmount(uint256 sent, uint256 due);
    error WrongState(State state);
    error TooEarly();
    error SendFailed();

    address public immutable landlord;
    address public immutable tenant;
    uint256 public immutable amount;
    uint64 public immutable ends;
    State public state;

    constructor(address landlord_, address tenant_, uint256 amount_, uint64 ends_) {
        require(landlord_ != tenant_ && amount_ > 0);
        landlord = landlord_;
        tenant = tenant_;
        amount = amount_;
        ends = ends_;
    }

    function payDeposit() external payable {
        if (msg.sender != tenant) revert NotYou();
        if (state != State.Open) revert WrongState(state);
        if (msg.value != amount) revert WrongAmount(msg.value, amount);
        state = State.Held;
        emit DepositPaid(msg.sender, msg.value);
    }

    function giveBack() external {
        if (msg.sender != landlord) revert NotYou();
        if (state != State.Held) revert WrongState(state);
        state = State.Returned;
        emit DepositReturned(tenant, amount);
        _pay(tenant);
    }

    function forfeit() external {
        if (msg.sender != tenant) revert NotYou();
        if (state != State.Held) revert WrongState(state);
        state = State.Forfeited;
        emit DepositForfeited(landlord, amount);
        _pay(landlord);
    }

    function reclaim() external {
        if (msg.sender != tenant && msg.sender != landlord) revert NotYou();
        if (block.timestamp < uint256(ends) + 30 days) revert TooEarly();
        if (state != State.Held) revert WrongState(state);
        state = State.Returned;
        emit DepositReturned(msg.sender, amount);
        _pay(msg.sender);
    }

    function _pay(address to) private {
        (bool ok,) = to.call{value: amount}("");
        if (!ok) revert SendFailed();
    }
}
