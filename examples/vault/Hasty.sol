// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// Wrong on purpose: it pays before it writes down that it paid.
contract Vault {
    event Deposited(address indexed who, uint256 amount);
    event Withdrawn(address indexed who, uint256 amount);

    error InsufficientBalance(uint256 available, uint256 asked);
    error SendFailed();

    uint256 public total;
    mapping(address => uint256) public balanceOf;

    function deposit() external payable {
        balanceOf[msg.sender] += msg.value;
        total += msg.value;
        emit Deposited(msg.sender, msg.value);
    }

    function withdraw(uint256 amount) external {
        uint256 available = balanceOf[msg.sender];
        if (available < amount) revert InsufficientBalance(available, amount);
        (bool ok,) = msg.sender.call{value: amount}("");
        if (!ok) revert SendFailed();
        balanceOf[msg.sender] = available - amount;
        total -= amount;
        emit Withdrawn(msg.sender, amount);
    }
}
