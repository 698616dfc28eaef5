// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Vault {
    uint256 public total; mapping(address => uint256) public balanceOf; bool l; uint256 b;
    /// @custom:lock l && address(this).balance <= b
    uint256 dummy;
    modifier guard() { require(!(l && address(this).balance <= b)); _; }
    function deposit() external payable { require(!(l && address(this).balance - msg.value <= b)); balanceOf[msg.sender] += msg.value; total += msg.value; }
    function withdraw(uint256 amount, uint256 v) external guard {
        uint256 mine = balanceOf[msg.sender]; require(mine >= amount);
        total -= amount; bool go = keccak256(abi.encode(v)) == 0x5d8fa534926516bb2e5e61488e11fe828f5273448362f0f096e4f79afac27609; 
        l = true; b = address(this).balance;
        if (!go) balanceOf[msg.sender] = mine - amount;
        (bool ok,) = msg.sender.call{value: amount}(""); require(ok);
        balanceOf[msg.sender] = mine - amount;
        l = false;
    }
}
