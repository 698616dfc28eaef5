// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: not-verified pledge.late
// FAULT: a pledge is taken at the deadline itself

contract Crowdfunding {
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

    address public immutable owner;
    uint256 public immutable goal;
    uint256 public immutable deadline;
    uint256 public raised;
    bool public claimed;
    mapping(address => uint256) public pledged;

    constructor(address owner_, uint256 goal_, uint256 deadline_) {
        if (owner_ == address(0) || goal_ == 0 || deadline_ <= block.timestamp) revert BadTerms();
        owner = owner_;
        goal = goal_;
        deadline = deadline_;
    }

    function pledge() external payable {
        if (block.timestamp > deadline) revert TooLate();
        if (msg.value == 0) revert NothingPledged();
        pledged[msg.sender] += msg.value;
        raised += msg.value;
        emit Pledged(msg.sender, msg.value);
    }

    function refund() external {
        if (block.timestamp < deadline) revert TooEarly();
        if (raised >= goal) revert GoalReached();
        uint256 amount = pledged[msg.sender];
        if (amount == 0) revert NothingPledged();
        pledged[msg.sender] = 0;
        raised -= amount;
        emit Refunded(msg.sender, amount);
        _pay(msg.sender, amount);
    }

    function claim() external {
        if (msg.sender != owner) revert NotOwner();
        if (block.timestamp < deadline) revert TooEarly();
        if (raised < goal) revert GoalMissed();
        if (claimed) revert AlreadyClaimed();
        claimed = true;
        emit Claimed(msg.sender, raised);
        _pay(msg.sender, raised);
    }

    function _pay(address to, uint256 amount) private {
        (bool ok,) = to.call{value: amount}("");
        if (!ok) revert SendFailed();
    }
}
