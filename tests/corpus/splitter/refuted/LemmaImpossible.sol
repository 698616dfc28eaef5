// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: not-verified constructor.lemma.small, withdraw.taken
// FAULT: a lemma that excludes every state would prove anything, here that withdraw keeps the credit

contract Splitter {
    event Split(uint256 toFirst, uint256 toSecond);
    event Withdrawn(address indexed who, uint256 amount);

    error NothingDue();
    error SendFailed();
    error Locked();

    address public immutable first;
    address public immutable second;
    /// @custom:lemma small: _ofFirst > type(uint128).max && _ofFirst < 2
    uint256 private _ofFirst;
    uint256 private _ofSecond;
    /// @custom:lock _lock != 1
    uint256 private _lock = 1;

    modifier locked() {
        if (_lock != 1) revert Locked();
        _lock = 2;
        _;
        _lock = 1;
    }

    constructor(address first_, address second_) {
        (first, second) = (first_, second_);
    }

    function credit(address who) public view returns (uint256) {
        return (who == first ? _ofFirst : 0) + (who == second ? _ofSecond : 0);
    }

    receive() external payable locked {
        uint256 half = msg.value >> 1;
        _ofFirst += half;
        _ofSecond += msg.value - half;
        emit Split(half, msg.value - half);
    }

    function withdraw() external locked {
        uint256 amount = credit(msg.sender);
        if (amount == 0) revert NothingDue();
        if (msg.sender == second) _ofSecond = 0;
        (bool ok,) = msg.sender.call{value: amount}("");
        if (!ok) revert SendFailed();
        emit Withdrawn(msg.sender, amount);
    }
}
