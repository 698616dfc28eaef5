// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: not-verified buy.wrong -- the price moves, what was kept of it does not
// FAULT: asked once only

interface IFeed {
    function price() external view returns (uint256);
    function updatedAt() external view returns (uint256);
}

contract Shop {
    address public immutable feed;
    uint256 public stock;
    mapping(address => bool) public served;
    uint256 private kept;

    constructor(address feed_, uint256 stock_) {
        feed = feed_;
        stock = stock_;
    }

    function buy() external payable {
        uint256 at = IFeed(feed).updatedAt();
        require(at <= block.timestamp && block.timestamp - at <= 1 hours);
        if (kept == 0) kept = IFeed(feed).price();
        else IFeed(feed).price();
        require(msg.value == kept);
        require(!served[msg.sender]);
        stock -= 1;
        served[msg.sender] = true;
    }
}
