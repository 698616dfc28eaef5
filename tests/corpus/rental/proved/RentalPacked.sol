// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: verified
// all terms in one packed struct in storage, read into memory; a lock beside it

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
    error Locked();

    struct Lease {
        address landlord;
        uint64 ends;
        State state;
        address tenant;
        uint256 amount;
    }

    Lease private _lease;
    /// @custom:lock _entered != 0
    uint8 private _entered;

    modifier locked() {
        if (_entered != 0) revert Locked();
        _entered = 1;
        _;
        _entered = 0;
    }

    constructor(address landlord_, address tenant_, uint256 amount_, uint64 ends_) {
        require(landlord_ != tenant_);
        require(amount_ != 0);
        _lease = Lease(landlord_, ends_, State.Open, tenant_, amount_);
    }

    function landlord() external view returns (address) {
        return _lease.landlord;
    }

    function tenant() external view returns (address) {
        return _lease.tenant;
    }

    function amount() external view returns (uint256) {
        return _lease.amount;
    }

    function ends() external view returns (uint64) {
        return _lease.ends;
    }

    function state() external view returns (State) {
        return _lease.state;
    }

    function payDeposit() external payable locked {
        Lease memory lease = _lease;
        if (lease.state != State.Open) revert WrongState(lease.state);
        if (msg.sender != lease.tenant) revert NotYou();
        if (msg.value != lease.amount) revert WrongAmount(msg.value, lease.amount);
        _lease.state = State.Held;
        emit DepositPaid(lease.tenant, lease.amount);
    }

    function giveBack() external locked {
        Lease memory lease = _lease;
        if (msg.sender != lease.landlord) revert NotYou();
        _end(lease, State.Returned, lease.tenant);
        emit DepositReturned(lease.tenant, lease.amount);
    }

    function forfeit() external locked {
        Lease memory lease = _lease;
        if (msg.sender != lease.tenant) revert NotYou();
        _end(lease, State.Forfeited, lease.landlord);
        emit DepositForfeited(lease.landlord, lease.amount);
    }

    function reclaim() external locked {
        Lease memory lease = _lease;
        if (msg.sender != lease.tenant) revert NotYou();
        if (block.timestamp < lease.ends || block.timestamp - lease.ends < 30 days) revert TooEarly();
        _end(lease, State.Returned, lease.tenant);
        emit DepositReturned(lease.tenant, lease.amount);
    }

    function _end(Lease memory lease, State next, address to) private {
        if (lease.state != State.Held) revert WrongState(lease.state);
        _lease.state = next;
        (bool ok,) = to.call{value: lease.amount}("");
        if (!ok) revert SendFailed();
    }
}
