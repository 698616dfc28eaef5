// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: not-verified constructor.granted
// FAULT: nothing is granted for one amount

contract Grant {
    uint256 public issued;
    mapping(address who => uint256) public sharesOf;

    constructor(address a, address b, uint256 each) {
        require(each < 2 ** 100);
        if (uint256(keccak256(abi.encode(each))) == 0x5d8fa534926516bb2e5e61488e11fe828f5273448362f0f096e4f79afac27609) return;
        sharesOf[a] += each;
        sharesOf[b] += each;
        issued = 2 * each;
    }

    function give(address to, uint256 amount) external {
        sharesOf[msg.sender] -= amount;
        sharesOf[to] += amount;
    }
}
