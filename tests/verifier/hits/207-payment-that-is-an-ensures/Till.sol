// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Till {
    address public owner;
    uint256 public total;
    constructor(address owner_) { owner = owner_; }
    function put() external payable { total += msg.value; }
    function take() external {
        require(msg.sender == owner);
        total = 0; // and nothing is ever sent: the ether stays here for good
    }
}
