// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: not-verified spend.atomic
// FAULT: the lock that is named is asked everywhere, but nobody ever closes it

contract Allowances {
    event Deposited(address indexed holder, uint256 amount);
    event Granted(address indexed holder, address indexed spender, uint256 allowed);
    event Spent(address indexed holder, address indexed spender, uint256 amount);

    error TooMuch();
    error NotAllowed(uint256 allowed, uint256 asked);
    error NotEnough(uint256 available, uint256 asked);
    error SendFailed();
    error Locked();

    uint256 public total;
    mapping(address => uint256) public shareOf;
    mapping(address => mapping(address => uint256)) public allowance;
    /// @custom:lock _lock != 1
    uint256 private _lock = 1;

    modifier locked() {
        if (_lock != 1) revert Locked();
        _;
    }

    function deposit() external payable locked {
        total += msg.value;
        unchecked {
            shareOf[msg.sender] += msg.value; // at most total
        }
        emit Deposited(msg.sender, msg.value);
    }

    function grant(address spender, uint256 more) external locked {
        unchecked {
            uint256 allowed = allowance[msg.sender][spender] + more;
            if (allowed < more) revert TooMuch();
            allowance[msg.sender][spender] = allowed;
            emit Granted(msg.sender, spender, allowed);
        }
    }

    function revoke(address spender) external locked {
        delete allowance[msg.sender][spender];
        emit Granted(msg.sender, spender, 0);
    }

    function spend(address holder, uint256 amount) external locked {
        uint256 allowed = allowance[holder][msg.sender];
        if (shareOf[holder] < amount) revert NotEnough(shareOf[holder], amount);
        if (allowed < amount) revert NotAllowed(allowed, amount);
        shareOf[holder] -= amount;
        total -= amount;
        (bool ok,) = msg.sender.call{value: amount}("");
        if (!ok) revert SendFailed();
        allowance[holder][msg.sender] = allowed - amount;
        emit Spent(holder, msg.sender, amount);
    }
}
