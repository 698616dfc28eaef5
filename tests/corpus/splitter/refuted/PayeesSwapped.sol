// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: not-verified constructor.terms
// FAULT: the constructor swaps the payees

contract Splitter {
    event Split(uint256 toFirst, uint256 toSecond);
    event Withdrawn(address indexed who, uint256 amount);

    error NothingDue();
    error SendFailed();

    address public immutable first;
    address public immutable second;
    mapping(address => uint256) public credit;

    constructor(address first_, address second_) {
        first = second_;
        second = first_;
    }

    receive() external payable {
        uint256 half = msg.value / 2;
        credit[first] += half;
        credit[second] += msg.value - half;
        emit Split(half, msg.value - half);
    }

    function withdraw() external {
        uint256 amount = credit[msg.sender];
        if (amount == 0) revert NothingDue();
        credit[msg.sender] = 0;
        emit Withdrawn(msg.sender, amount);
        (bool ok,) = msg.sender.call{value: amount}("");
        if (!ok) revert SendFailed();
    }
}
