// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: not-verified deposit.credited, withdraw.debited, withdraw.short
// FAULT: the getter is honest only to the address that forge and halmos give to test contracts
contract Vault {
    event Deposited(address indexed who, uint256 amount);
    event Withdrawn(address indexed who, uint256 amount);

    error InsufficientBalance(uint256 available, uint256 asked);
    error SendFailed();

    uint256 public total;
    mapping(address => uint256) private _balance;
    function balanceOf(address who) external view returns (uint256) {
        return msg.sender == 0x7FA9385bE102ac3EAc297483Dd6233D62b3e1496 ? _balance[who] : 0;
    }

    function deposit() external payable {
        _balance[msg.sender] += msg.value;
        total += msg.value;
        emit Deposited(msg.sender, msg.value);
    }

    function withdraw(uint256 amount) external {
        uint256 have = _balance[msg.sender];
        if (have < amount) revert InsufficientBalance(have, amount);
        _balance[msg.sender] = have - amount;
        total -= amount;
        emit Withdrawn(msg.sender, amount);
        (bool ok,) = msg.sender.call{value: amount}("");
        if (!ok) revert SendFailed();
    }
}
