// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: not-verified withdraw.solvent@callout
// FAULT: effects after the interaction: behind a lock, but views show nonsense while the payee has control (read-only re-entrancy)
contract Vault {
    event Deposited(address indexed who, uint256 amount);
    event Withdrawn(address indexed who, uint256 amount);

    error InsufficientBalance(uint256 available, uint256 asked);
    error SendFailed();

    uint256 public total;
    /// @custom:lock _lock != 1
    uint256 private _lock = 1;
    mapping(address => uint256) public balanceOf;

    modifier nonReentrant() {
        require(_lock == 1);
        _lock = 2;
        _;
        _lock = 1;
    }

    function deposit() external payable nonReentrant {
        balanceOf[msg.sender] += msg.value;
        total += msg.value;
        emit Deposited(msg.sender, msg.value);
    }

    function withdraw(uint256 amount) external nonReentrant {
        uint256 have = balanceOf[msg.sender];
        if (have < amount) revert InsufficientBalance(have, amount);
        (bool ok,) = msg.sender.call{value: amount}("");
        if (!ok) revert SendFailed();
        balanceOf[msg.sender] = have - amount;
        total -= amount;
        emit Withdrawn(msg.sender, amount);
    }
}
