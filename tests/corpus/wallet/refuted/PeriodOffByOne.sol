// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: not-verified pay.counted, pay.period
// FAULT: a new period begins a second late

contract Wallet {
    event Received(address indexed from, uint256 amount);
    event Paid(address indexed to, uint256 amount);
    event LimitChanged(uint256 from, uint256 to);

    error NotOwner();
    error BadPayee();
    error OverLimit();
    error NotEnough(uint256 available, uint256 asked);
    error SendFailed();

    address public immutable owner;
    uint256 public limit;
    uint256 public spent;
    uint256 public periodStart;

    constructor(address owner_, uint256 limit_) {
        owner = owner_;
        limit = limit_;
        periodStart = block.timestamp;
    }

    receive() external payable {
        emit Received(msg.sender, msg.value);
    }

    function pay(address to, uint256 amount) external {
        if (msg.sender != owner) revert NotOwner();
        if (to == address(this) || to == address(0)) revert BadPayee();
        bool fresh = block.timestamp > periodStart + 1 days;
        uint256 used = fresh ? 0 : spent;
        if (used > limit || amount > limit - used) revert OverLimit();
        if (address(this).balance < amount) revert NotEnough(address(this).balance, amount);
        if (fresh) periodStart = block.timestamp;
        spent = used + amount;
        emit Paid(to, amount);
        (bool ok,) = to.call{value: amount}("");
        if (!ok) revert SendFailed();
    }

    function setLimit(uint256 limit_) external {
        if (msg.sender != owner) revert NotOwner();
        emit LimitChanged(limit, limit_);
        limit = limit_;
    }
}
