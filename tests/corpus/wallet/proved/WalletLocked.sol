// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: verified
// a lock of one bool, receive behind it too; the sum is unchecked and its overflow asked for

contract Wallet {
    event Received(address indexed from, uint256 amount);
    event Paid(address indexed to, uint256 amount);
    event LimitChanged(uint256 from, uint256 to);

    error NotOwner();
    error BadPayee();
    error OverLimit();
    error NotEnough(uint256 available, uint256 asked);
    error Busy();

    address public owner;
    /// @custom:lock _busy
    bool private _busy;
    uint256 public limit;
    uint256 public spent;
    uint256 public periodStart;

    modifier alone() {
        if (_busy) revert Busy();
        _busy = true;
        _;
        _busy = false;
    }

    constructor(address owner_, uint256 limit_) {
        (owner, limit, periodStart) = (owner_, limit_, block.timestamp);
    }

    receive() external payable alone {
        emit Received(msg.sender, msg.value);
    }

    function pay(address to, uint256 amount) external alone {
        if (msg.sender != owner) revert NotOwner();
        if (to == address(this) || to == address(0)) revert BadPayee();
        if (address(this).balance < amount) revert NotEnough(address(this).balance, amount);
        if (block.timestamp - periodStart >= 1 days) (periodStart, spent) = (block.timestamp, 0);
        unchecked {
            uint256 after_ = spent + amount;
            if (after_ < amount || after_ > limit) revert OverLimit();
            spent = after_;
        }
        (bool ok,) = to.call{value: amount}("");
        require(ok);
        emit Paid(to, amount);
    }

    function setLimit(uint256 limit_) external alone {
        if (msg.sender != owner) revert NotOwner();
        uint256 was = limit;
        limit = limit_;
        emit LimitChanged(was, limit_);
    }
}
