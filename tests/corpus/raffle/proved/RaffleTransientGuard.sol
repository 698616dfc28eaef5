// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: verified
// OpenZeppelin's lock in transient storage; no state variable: the winner alone tells open from drawn, a flag tells drawn from paid

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

/// @custom:lock _reentrancyGuardEntered()
contract Raffle is ReentrancyGuardTransient {
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
    address public winner;
    /// @custom:lemma paidToSomebody: _paid ==> winner != address(0)
    bool private _paid;
    uint64 private _count;
    uint256 public pot;
    mapping(uint256 => address) public entrantOf;

    constructor(address owner_, uint256 price_, uint256 closes_) {
        require(closes_ > block.timestamp);
        owner = owner_;
        price = price_;
        closes = closes_;
    }

    function state() external view returns (State) {
        if (_paid) return State.Paid;
        return winner == address(0) ? State.Open : State.Drawn;
    }

    function count() external view returns (uint256) {
        return _count;
    }

    function enter() external payable nonReentrant returns (uint256 ticket) {
        if (winner != address(0) || block.timestamp >= closes) revert NotOpen();
        if (msg.value != price) revert WrongPrice();
        ticket = _count;
        if (ticket == type(uint64).max) revert Full();
        entrantOf[ticket] = msg.sender;
        _count++;
        pot += msg.value;
        emit Entered(msg.sender, ticket);
    }

    function draw(uint256 ticket) external nonReentrant {
        if (msg.sender != owner) revert NotOwner();
        if (block.timestamp < closes) revert StillOpen();
        if (winner != address(0)) revert NotOpen();
        if (ticket >= _count) revert NoSuchTicket(ticket);
        winner = entrantOf[ticket];
        emit WinnerDrawn(entrantOf[ticket], ticket);
    }

    function claim() external nonReentrant {
        if (msg.sender != winner) revert NotWinner();
        if (_paid) revert NotDrawn();
        _paid = true;
        emit PrizeClaimed(msg.sender, pot);
        (bool ok,) = msg.sender.call{value: pot}("");
        if (!ok) revert SendFailed();
    }
}
