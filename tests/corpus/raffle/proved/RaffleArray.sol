// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: verified
// the tickets are a dynamic array in storage, its length is the count

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
    uint256 public pot;
    address[] private _tickets;

    constructor(address owner_, uint256 price_, uint256 closes_) {
        if (closes_ <= block.timestamp) revert NotOpen();
        owner = owner_;
        price = price_;
        closes = closes_;
    }

    function count() public view returns (uint256) {
        return _tickets.length;
    }

    function entrantOf(uint256 ticket) public view returns (address) {
        return ticket < _tickets.length ? _tickets[ticket] : address(0);
    }

    function enter() external payable returns (uint256 ticket) {
        if (state != State.Open || block.timestamp >= closes) revert NotOpen();
        if (msg.value != price) revert WrongPrice();
        ticket = _tickets.length;
        if (ticket >= type(uint64).max) revert Full();
        _tickets.push(msg.sender);
        pot += msg.value;
        emit Entered(msg.sender, ticket);
    }

    function draw(uint256 ticket) external {
        if (msg.sender != owner) revert NotOwner();
        if (block.timestamp < closes) revert StillOpen();
        if (state != State.Open) revert NotOpen();
        if (ticket >= _tickets.length) revert NoSuchTicket(ticket);
        winner = _tickets[ticket];
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
