// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: not-verified constructor.granted, constructor.kept
// FAULT: where the two founders are one, they get one share

contract Grant {
    uint256 public issued;
    mapping(address who => uint256) public sharesOf;

    constructor(address a, address b, uint256 each) {
        require(each < 2 ** 100);
        sharesOf[a] = each;
        sharesOf[b] = each;
        issued = 2 * each;
    }

    function give(address to, uint256 amount) external {
        sharesOf[msg.sender] -= amount;
        sharesOf[to] += amount;
    }
}
