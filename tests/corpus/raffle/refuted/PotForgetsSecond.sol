// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: not-verified enter.sold
// FAULT: the pot is set, not added to, where two tickets are bought in one transaction

contract Raffle {
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
    error SendFailed();

    address public immutable owner;
    uint256 public immutable price;
    uint256 public immutable closes;
    State public state;
    address public winner;
    uint256 public count;
    uint256 public pot;
    bool private transient _again;
    mapping(uint256 => address) public entrantOf;

    constructor(address owner_, uint256 price_, uint256 closes_) {
        if (closes_ <= block.timestamp) revert NotOpen();
        owner = owner_;
        price = price_;
        closes = closes_;
    }

    function enter() external payable returns (uint256 ticket) {
        if (state != State.Open || block.timestamp >= closes) revert NotOpen();
        if (msg.value != price) revert WrongPrice();
        ticket = count;
        if (ticket >= type(uint64).max) revert Full();
        entrantOf[ticket] = msg.sender;
        count = ticket + 1;
        pot = _again ? msg.value : pot + msg.value;
        _again = true;
        emit Entered(msg.sender, ticket);
    }

    function draw(uint256 ticket) external {
        if (msg.sender != owner) revert NotOwner();
        if (block.timestamp < closes) revert StillOpen();
        if (state != State.Open) revert NotOpen();
        if (ticket >= count) revert NoSuchTicket(ticket);
        winner = entrantOf[ticket];
        state = State.Drawn;
        emit WinnerDrawn(winner, ticket);
    }

    function claim() external {
        if (msg.sender != winner) revert NotWinner();
        if (state != State.Drawn) revert NotDrawn();
        state = State.Paid;
        emit PrizeClaimed(msg.sender, pot);
        (bool ok,) = msg.sender.call{value: pot}("");
        if (!ok) revert SendFailed();
    }
}
