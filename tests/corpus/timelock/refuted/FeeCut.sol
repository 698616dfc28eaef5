// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: not-verified setFee.set
// FAULT: the fee is cut to eight bits

contract Timelock {
    event Proposed(address indexed next, uint256 eta);
    event Cancelled(address indexed next);
    event Replaced(address indexed from, address indexed to);
    event FeeSet(uint256 fee);

    error NotAdmin();
    error Nobody();
    error NothingProposed();
    error TooEarly(uint256 eta);
    error TooHigh();

    struct Proposal {
        address next;
        uint88 eta;
        bool waits;
    }

    address public admin;
    uint8 private _fee;
    uint32 private _delay;
    /// @custom:lemma named: _proposal.waits ==> _proposal.next != address(0) && _proposal.eta != 0
    Proposal private _proposal;

    constructor(address admin_, uint256 delay_) {
        require(admin_ != address(0) && delay_ != 0 && delay_ <= 365 days);
        admin = admin_;
        _delay = uint32(delay_);
    }

    function delay() external view returns (uint256) {
        return _delay;
    }

    function fee() external view returns (uint256) {
        return _fee;
    }

    function pending() public view returns (address) {
        return _proposal.waits ? _proposal.next : address(0);
    }

    function eta() external view returns (uint256) {
        return _proposal.waits ? _proposal.eta : 0;
    }

    function propose(address next) external {
        if (next == address(0)) revert Nobody();
        if (msg.sender != admin) revert NotAdmin();
        _proposal = Proposal(next, uint88(block.timestamp) + _delay, true);
        emit Proposed(next, block.timestamp + _delay);
    }

    function cancel() external {
        if (msg.sender != admin) revert NotAdmin();
        if (!_proposal.waits) revert NothingProposed();
        _proposal.waits = false;
        emit Cancelled(_proposal.next);
    }

    function execute() external {
        Proposal memory proposal = _proposal;
        if (!proposal.waits) revert NothingProposed();
        if (block.timestamp < proposal.eta) revert TooEarly(proposal.eta);
        address from = admin;
        (admin, _proposal.waits) = (proposal.next, false);
        emit Replaced(from, proposal.next);
    }

    function setFee(uint256 fee_) external {
        if (msg.sender != admin) revert NotAdmin();
        if (fee_ > 1000) revert TooHigh();
        _fee = uint8(fee_);
        emit FeeSet(fee_);
    }
}
