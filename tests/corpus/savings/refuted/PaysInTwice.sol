// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: not-verified payIn.twice, payIn.filled
// FAULT: a member may pay a round twice

contract Savings {
    event PaidIn(address indexed who, uint256 turn);
    event Collected(address indexed who, uint256 amount);

    error NotMember(address who);
    error AlreadyPaid();
    error WrongAmount();
    error NotYourTurn();
    error SomebodyHasNotPaid();
    error BadMembers();
    error SendFailed();

    address public immutable first;
    address public immutable second;
    address public immutable third;
    uint256 public immutable amount;
    uint256 public turn;
    uint256 public pot;
    mapping(address => bool) public hasPaid;

    constructor(address first_, address second_, address third_, uint256 amount_) {
        if (first_ == second_ || second_ == third_ || first_ == third_) revert BadMembers();
        first = first_;
        second = second_;
        third = third_;
        amount = amount_;
    }

    function recipient() public view returns (address) {
        return turn == 0 ? first : turn == 1 ? second : third;
    }

    function payIn() external payable {
        if (msg.sender != first && msg.sender != second && msg.sender != third) revert NotMember(msg.sender);
        if (msg.value != amount) revert WrongAmount();
        hasPaid[msg.sender] = true;
        pot += msg.value;
        emit PaidIn(msg.sender, turn);
    }

    function collect() external {
        if (msg.sender != recipient()) revert NotYourTurn();
        if (!hasPaid[first] || !hasPaid[second] || !hasPaid[third]) revert SomebodyHasNotPaid();
        uint256 all = pot;
        pot = 0;
        hasPaid[first] = false;
        hasPaid[second] = false;
        hasPaid[third] = false;
        turn = turn == 2 ? 0 : turn + 1;
        emit Collected(msg.sender, all);
        (bool ok,) = msg.sender.call{value: all}("");
        if (!ok) revert SendFailed();
    }
}
