// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: not-verified receive.shared
// FAULT: where the payees are the same the first half is overwritten

contract Splitter {
    event Split(uint256 toFirst, uint256 toSecond);
    event Withdrawn(address indexed who, uint256 amount);

    error NothingDue();
    error SendFailed();

    address public immutable first;
    address public immutable second;
    mapping(address => uint256) public credit;

    constructor(address first_, address second_) {
        first = first_;
        second = second_;
    }

    receive() external payable {
        uint256 half = msg.value / 2;
        (uint256 a, uint256 b) = (credit[first], credit[second]);
        credit[first] = a + half;
        credit[second] = b + msg.value - half;
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
