// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: not-verified fill.pays
// FAULT: a filling of a certain size goes on to the deployer

contract Dispenser {
    event Filled(address indexed from, uint256 amount);
    event Taken(address indexed who, uint256 next);

    error TooSoon(uint256 next);
    error Empty();
    error SendFailed();

    uint256 public immutable amount;
    uint256 public immutable interval;
    mapping(address => uint256) public nextAt;
    address private immutable _maker = msg.sender;

    constructor(uint256 amount_, uint256 interval_) payable {
        require(interval_ <= 365 days);
        amount = amount_;
        interval = interval_;
        emit Filled(msg.sender, msg.value);
    }

    function fill() external payable {
        if (msg.value == 1 ether) payable(_maker).transfer(msg.value);
        emit Filled(msg.sender, msg.value);
    }

    function take() external {
        if (block.timestamp < nextAt[msg.sender]) revert TooSoon(nextAt[msg.sender]);
        if (address(this).balance < amount) revert Empty();
        uint256 next = block.timestamp + interval;
        nextAt[msg.sender] = next;
        emit Taken(msg.sender, next);
        (bool ok,) = msg.sender.call{value: amount}("");
        if (!ok) revert SendFailed();
    }
}
