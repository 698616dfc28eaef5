// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: not-verified rule_noticeIsPersonal
// FAULT: there is one clock for everybody

contract Notice {
    error NotYet();

    uint64 public immutable notice;
    uint256 public total;
    mapping(address => uint256) public balanceOf;
    bool private _announced;
    uint256 private _ready;

    constructor(uint64 notice_) {
        require(notice_ > 0);
        notice = notice_;
    }

    function deposit() external payable {
        balanceOf[msg.sender] += msg.value;
        total += msg.value;
    }

    function announce() external {
        _announced = true;
        _ready = block.timestamp + notice;
    }

    function withdraw() external {
        if (!_announced || block.timestamp < _ready) revert NotYet();
        _announced = false;
        uint256 all = balanceOf[msg.sender];
        balanceOf[msg.sender] = 0;
        total -= all;
        (bool ok,) = msg.sender.call{value: all}("");
        require(ok);
    }
}
