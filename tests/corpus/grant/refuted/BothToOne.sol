// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: not-verified constructor.own
// FAULT: one founder gets both shares

contract Grant {
    uint256 public issued;
    mapping(address who => uint256) public sharesOf;

    constructor(address a, address b, uint256 each) {
        require(each < 2 ** 100);
        sharesOf[a] += each;
        sharesOf[a] += each;
        issued = 2 * each;
    }

    function give(address to, uint256 amount) external {
        sharesOf[msg.sender] -= amount;
        sharesOf[to] += amount;
    }
}
