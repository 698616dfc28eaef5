// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: not-verified spend.atomic
// FAULT: the allowance is used up only after the payment (cross-function re-entrancy: revoke is undone)

contract Allowances {
    event Deposited(address indexed holder, uint256 amount);
    event Granted(address indexed holder, address indexed spender, uint256 allowed);
    event Spent(address indexed holder, address indexed spender, uint256 amount);

    error TooMuch();
    error NotAllowed(uint256 allowed, uint256 asked);
    error NotEnough(uint256 available, uint256 asked);
    error SendFailed();

    uint256 public total;
    mapping(address => uint256) public shareOf;
    mapping(address => mapping(address => uint256)) public allowance;

    function deposit() external payable {
        shareOf[msg.sender] += msg.value;
        total += msg.value;
        emit Deposited(msg.sender, msg.value);
    }

    function grant(address spender, uint256 more) external {
        uint256 allowed = allowance[msg.sender][spender];
        if (more > type(uint256).max - allowed) revert TooMuch();
        allowance[msg.sender][spender] = allowed + more;
        emit Granted(msg.sender, spender, allowed + more);
    }

    function revoke(address spender) external {
        allowance[msg.sender][spender] = 0;
        emit Granted(msg.sender, spender, 0);
    }

    function spend(address holder, uint256 amount) external {
        uint256 allowed = allowance[holder][msg.sender];
        if (allowed < amount) revert NotAllowed(allowed, amount);
        uint256 share = shareOf[holder];
        if (share < amount) revert NotEnough(share, amount);
        shareOf[holder] = share - amount;
        total -= amount;
        emit Spent(holder, msg.sender, amount);
        (bool ok,) = msg.sender.call{value: amount}("");
        if (!ok) revert SendFailed();
        allowance[holder][msg.sender] = allowed - amount;
    }
}
