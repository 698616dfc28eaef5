// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: not-verified buy.stale -- nobody looks at when the price was told
// FAULT: no check of updatedAt

interface IFeed {
    function price() external view returns (uint256);
    function updatedAt() external view returns (uint256);
}

contract Shop {
    address public immutable feed;
    uint256 public stock;
    mapping(address => bool) public served;

    constructor(address feed_, uint256 stock_) {
        feed = feed_;
        stock = stock_;
    }

    function buy() external payable {
        require(IFeed(feed).updatedAt() <= block.timestamp);
        require(msg.value == IFeed(feed).price());
        require(!served[msg.sender]);
        stock -= 1;
        served[msg.sender] = true;
    }
}
