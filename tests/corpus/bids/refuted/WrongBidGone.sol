// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: not-verified accept.gone, accept.freed, accept.frame(bidOf), accept.frame(lockedBy)
// FAULT: the seller's own bid is forgotten in place of the accepted one

contract Bids {
    struct Bid {
        uint128 amount;
        uint64 until;
    }

    event Placed(address indexed who, uint256 amount, uint64 until);
    event Withdrawn(address indexed who, uint256 amount);
    event Accepted(address indexed who, uint256 amount);

    error NoEther();
    error AlreadyOpen();
    error Past();
    error NoBid();
    error TooEarly();
    error NotSeller();
    error Lapsed();
    error SendFailed();

    address public immutable seller;
    mapping(address => Bid) public bidOf;

    constructor(address seller_) {
        seller = seller_;
    }

    function lockedBy(address who) external view returns (uint256) {
        return bidOf[who].amount;
    }

    function place(uint64 until) external payable {
        if (msg.value == 0) revert NoEther();
        if (bidOf[msg.sender].amount != 0) revert AlreadyOpen();
        if (until <= block.timestamp) revert Past();
        bidOf[msg.sender] = Bid(uint128(msg.value), until);
        emit Placed(msg.sender, msg.value, until);
    }

    function withdraw() external {
        Bid memory bid = bidOf[msg.sender];
        if (bid.amount == 0) revert NoBid();
        if (block.timestamp < bid.until) revert TooEarly();
        delete bidOf[msg.sender];
        emit Withdrawn(msg.sender, bid.amount);
        _pay(msg.sender, bid.amount);
    }

    function accept(address who) external {
        if (msg.sender != seller) revert NotSeller();
        Bid memory bid = bidOf[who];
        if (bid.amount == 0) revert NoBid();
        if (block.timestamp >= bid.until) revert Lapsed();
        delete bidOf[msg.sender];
        emit Accepted(who, bid.amount);
        _pay(msg.sender, bid.amount);
    }

    function _pay(address to, uint256 amount) private {
        (bool ok,) = to.call{value: amount}("");
        if (!ok) revert SendFailed();
    }
}
