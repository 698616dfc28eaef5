// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: not-verified deposit.locked, withdraw.atomic
// FAULT: deposit is not behind the lock
contract Vault {
    event Deposited(address indexed who, uint256 amount);
    event Withdrawn(address indexed who, uint256 amount);

    error InsufficientBalance(uint256 available, uint256 asked);
    error SendFailed();
    error Locked();

    uint256 public total;
    /// @custom:lock _lock != 1
    uint256 private _lock = 1;
    mapping(address => uint256) public balanceOf;

    modifier nonReentrant() {
        if (_lock != 1) revert Locked();
        _lock = 2;
        _;
        _lock = 1;
    }


    function deposit() external payable {
        balanceOf[msg.sender] += msg.value;
        total += msg.value;
        emit Deposited(msg.sender, msg.value);
    }

    function withdraw(uint256 amount) external nonReentrant {
        uint256 have = balanceOf[msg.sender];
        if (have < amount) revert InsufficientBalance(have, amount);
        balanceOf[msg.sender] = have - amount;
        total -= amount;
        emit Withdrawn(msg.sender, amount);
        (bool ok,) = msg.sender.call{value: amount}("");
        if (!ok) revert SendFailed();
    }
}
