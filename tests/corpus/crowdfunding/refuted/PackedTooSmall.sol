// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: not-verified pledge.given, pledge.accounted
// FAULT: what was raised is cut to 96 bits

import {ReentrancyGuard} from "@openzeppelin/contracts/utils/ReentrancyGuard.sol";

/// @custom:lock _reentrancyGuardEntered()
contract Crowdfunding is ReentrancyGuard {
    event Pledged(address indexed who, uint256 amount);
    event Refunded(address indexed who, uint256 amount);
    event Claimed(address indexed owner, uint256 amount);

    error NotOwner();
    error TooLate();
    error TooEarly();
    error NothingPledged();
    error GoalReached();
    error GoalMissed();
    error AlreadyClaimed();
    error BadTerms();
    error SendFailed();

    struct Round {
        uint96 raised;
        bool claimed;
    }

    address public owner;
    uint256 public goal;
    uint256 public deadline;
    Round private _round;
    mapping(address => uint256) public pledged;

    constructor(address owner_, uint256 goal_, uint256 deadline_) {
        if (owner_ == address(0) || goal_ == 0 || deadline_ <= block.timestamp) revert BadTerms();
        (owner, goal, deadline) = (owner_, goal_, deadline_);
    }

    function raised() external view returns (uint256) {
        return _round.raised;
    }

    function claimed() external view returns (bool) {
        return _round.claimed;
    }

    function pledge() external payable nonReentrant {
        if (msg.value == 0) revert NothingPledged();
        if (block.timestamp >= deadline) revert TooLate();
        pledged[msg.sender] += msg.value;
        _round.raised += uint96(msg.value);
        emit Pledged(msg.sender, msg.value);
    }

    function refund() external nonReentrant {
        uint256 amount = pledged[msg.sender];
        if (amount == 0) revert NothingPledged();
        if (block.timestamp < deadline) revert TooEarly();
        if (_round.raised >= goal) revert GoalReached();
        delete pledged[msg.sender];
        _round.raised -= uint96(amount);
        emit Refunded(msg.sender, amount);
        _pay(msg.sender, amount);
    }

    function claim() external nonReentrant {
        Round memory round = _round;
        if (round.claimed) revert AlreadyClaimed();
        if (round.raised < goal) revert GoalMissed();
        if (block.timestamp < deadline) revert TooEarly();
        if (msg.sender != owner) revert NotOwner();
        _round.claimed = true;
        _pay(msg.sender, round.raised);
        emit Claimed(msg.sender, round.raised);
    }

    function _pay(address to, uint256 amount) private {
        (bool ok,) = payable(to).call{value: amount}("");
        if (!ok) revert SendFailed();
    }
}
