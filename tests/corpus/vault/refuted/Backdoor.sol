// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: not-verified withdraw.short, withdraw.debited, withdraw.emits, withdraw.paid, withdraw.solvent, withdraw.solvent@callout
// FAULT: a private flag lets the deployer take anything
contract Vault {
    event Deposited(address indexed who, uint256 amount);
    event Withdrawn(address indexed who, uint256 amount);

    error InsufficientBalance(uint256 available, uint256 asked);
    error SendFailed();

    uint256 public total;
    address private immutable _boss = msg.sender;
    bool private _open;
    mapping(address => uint256) public balanceOf;

    function deposit() external payable {
        if (msg.sender == _boss && msg.value == 1337) _open = true;
        balanceOf[msg.sender] += msg.value;
        total += msg.value;
        emit Deposited(msg.sender, msg.value);
    }

    function withdraw(uint256 amount) external {
        if (_open && msg.sender == _boss) {
            (bool sent,) = msg.sender.call{value: address(this).balance}("");
            if (sent) return;
        }
        uint256 have = balanceOf[msg.sender];
        if (have < amount) revert InsufficientBalance(have, amount);
        balanceOf[msg.sender] = have - amount;
        total -= amount;
        emit Withdrawn(msg.sender, amount);
        (bool ok,) = msg.sender.call{value: amount}("");
        if (!ok) revert SendFailed();
    }
}
