// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.24;
// expect: not-verified send.spends
// FAULT: a self-send mints: the sender's balance is read before the receiver's is written

contract Batch {
    uint256 public immutable supply;
    uint256 public count;
    mapping(address => uint256) public balanceOf;

    constructor(uint256 supply_) {
        supply = supply_;
        balanceOf[msg.sender] = supply_;
    }

    function send(address[] calldata to, uint256[] calldata amounts) external {
        require(to.length == amounts.length);
        for (uint256 i = 0; i < to.length; ++i) {
            uint256 had = balanceOf[to[i]];
            balanceOf[msg.sender] -= amounts[i];
            balanceOf[to[i]] = had + amounts[i];
            count += 1;
        }
    }
}
