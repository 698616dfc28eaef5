// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: not-verified rule_noticeIsKept
// FAULT: whoever saves much gets it early

contract Notice {
    error NotYet();

    uint64 public immutable notice;
    uint256 public total;
    mapping(address => uint256) public balanceOf;
    mapping(address => bool) private _announced;
    mapping(address => uint256) private _ready;

    constructor(uint64 notice_) {
        require(notice_ > 0);
        notice = notice_;
    }

    function deposit() external payable {
        balanceOf[msg.sender] += msg.value;
        total += msg.value;
    }

    function announce() external {
        _announced[msg.sender] = true;
        _ready[msg.sender] = block.timestamp + notice;
    }

    function withdraw() external {
        if (!_announced[msg.sender] || balanceOf[msg.sender] < 1000 ether && block.timestamp < _ready[msg.sender]) revert NotYet();
        _announced[msg.sender] = false;
        uint256 all = balanceOf[msg.sender];
        balanceOf[msg.sender] = 0;
        total -= all;
        (bool ok,) = msg.sender.call{value: all}("");
        require(ok);
    }
}
