// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: verified -- Address.sendValue of OpenZeppelin, whose assembly is known by its text

import {Address} from "@openzeppelin/contracts/utils/Address.sol";

contract Vault {
    using Address for address payable;

    event Deposited(address indexed who, uint256 amount);
    event Withdrawn(address indexed who, uint256 amount);

    error InsufficientBalance(uint256 available, uint256 asked);

    uint256 public total;
    mapping(address => uint256) public balanceOf;

    function deposit() external payable {
        balanceOf[msg.sender] += msg.value;
        total += msg.value;
        emit Deposited(msg.sender, msg.value);
    }

    function withdraw(uint256 amount) external {
        uint256 have = balanceOf[msg.sender];
        if (have < amount) revert InsufficientBalance(have, amount);
        balanceOf[msg.sender] = have - amount;
        total -= amount;
        emit Withdrawn(msg.sender, amount);
        payable(msg.sender).sendValue(amount);
    }
}
