// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.24;
// expect: verified
// PROVED by horn: send.counted, send.fixedSupply, send.frame(supply), send.lengths, send.others, send.spends
// PROVED by symbolic: everything else

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
            require(to[i] != msg.sender);
            balanceOf[msg.sender] -= amounts[i];
            balanceOf[to[i]] += amounts[i];
            count += 1;
        }
    }
}
