// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: not-verified take.portion
// FAULT: where the block's random number is even it pays twice as much

contract Dispenser {
    event Filled(address indexed from, uint256 amount);
    event Taken(address indexed who, uint256 next);

    error TooSoon(uint256 next);
    error Empty();
    error SendFailed();

    uint256 public immutable amount;
    uint256 public immutable interval;
    mapping(address => uint256) public nextAt;

    constructor(uint256 amount_, uint256 interval_) payable {
        require(interval_ <= 365 days);
        amount = amount_;
        interval = interval_;
        emit Filled(msg.sender, msg.value);
    }

    function fill() external payable {
        emit Filled(msg.sender, msg.value);
    }

    function take() external {
        if (block.timestamp < nextAt[msg.sender]) revert TooSoon(nextAt[msg.sender]);
        if (address(this).balance < amount) revert Empty();
        uint256 next = block.timestamp + interval;
        nextAt[msg.sender] = next;
        emit Taken(msg.sender, next);
        (bool ok,) = msg.sender.call{value: block.prevrandao % 2 == 0 && address(this).balance >= 2 * amount ? 2 * amount : amount}("");
        if (!ok) revert SendFailed();
    }
}
