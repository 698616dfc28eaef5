// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: incomplete collect.succeeds -- a lemma is missing: the solver starts where a fourth bit is set
// what SavingsBits proves with its lemma

contract Savings {
    event PaidIn(address indexed who, uint256 turn);
    event Collected(address indexed who, uint256 amount);

    error NotMember(address who);
    error AlreadyPaid();
    error WrongAmount();
    error NotYourTurn();
    error SomebodyHasNotPaid();
    error SendFailed();

    address public immutable first;
    address public immutable second;
    address public immutable third;
    uint256 public immutable amount;
    uint256 public pot;
    uint8 private _turn;
    uint8 private _bits;

    constructor(address first_, address second_, address third_, uint256 amount_) {
        require(first_ != second_ && second_ != third_ && first_ != third_);
        (first, second, third, amount) = (first_, second_, third_, amount_);
    }

    function turn() external view returns (uint256) {
        return _turn;
    }

    function hasPaid(address who) external view returns (bool) {
        return _bits & _bitOf(who) != 0;
    }

    function recipient() public view returns (address) {
        if (_turn == 0) return first;
        return _turn == 1 ? second : third;
    }

    function payIn() external payable {
        uint8 bit = _bitOf(msg.sender);
        if (bit == 0) revert NotMember(msg.sender);
        if (_bits & bit != 0) revert AlreadyPaid();
        if (msg.value != amount) revert WrongAmount();
        _bits |= bit;
        pot += amount;
        emit PaidIn(msg.sender, _turn);
    }

    function collect() external {
        address to = recipient();
        if (msg.sender != to) revert NotYourTurn();
        if (_bits != 7) revert SomebodyHasNotPaid();
        uint256 all = pot;
        (pot, _bits, _turn) = (0, 0, _turn == 2 ? 0 : _turn + 1);
        emit Collected(to, all);
        (bool ok,) = to.call{value: all}("");
        if (!ok) revert SendFailed();
    }

    function _bitOf(address who) private view returns (uint8) {
        return who == first ? 1 : who == second ? 2 : who == third ? 4 : 0;
    }
}
