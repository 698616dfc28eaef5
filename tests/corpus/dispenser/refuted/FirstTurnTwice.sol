// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: not-verified take.waits, take.emits
// FAULT: the flag is forgotten: the first turn is never over

contract Dispenser {
    event Filled(address indexed from, uint256 amount);
    event Taken(address indexed who, uint256 next);

    error TooSoon(uint256 next);
    error Empty();
    error Locked();

    struct Turn {
        uint64 last; // times are below 2^64
        bool taken;
    }

    uint256 public immutable amount;
    uint256 public immutable interval;
    mapping(address => Turn) private _turns;
    /// @custom:lock _locked
    bool private transient _locked;

    modifier locked() {
        if (_locked) revert Locked();
        _locked = true;
        _;
        _locked = false;
    }

    constructor(uint256 amount_, uint256 interval_) payable {
        if (interval_ > 365 days) revert();
        (amount, interval) = (amount_, interval_);
        emit Filled(msg.sender, msg.value);
    }

    function nextAt(address who) public view returns (uint256) {
        return _turns[who].taken ? _turns[who].last + interval : 0;
    }

    function fill() external payable locked {
        emit Filled(msg.sender, msg.value);
    }

    function take() external locked {
        uint256 next = nextAt(msg.sender);
        if (next > block.timestamp) revert TooSoon(next);
        if (amount > address(this).balance) revert Empty();
        _turns[msg.sender] = Turn(uint64(block.timestamp), _turns[msg.sender].taken);
        (bool ok,) = msg.sender.call{value: amount}("");
        require(ok);
        emit Taken(msg.sender, nextAt(msg.sender));
    }
}
