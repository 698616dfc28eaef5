// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: not-verified buy.wrong -- a price beyond 64 bits, which the feed allows, is cut
// FAULT: the feed promises no bound

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
        uint256 at = IFeed(feed).updatedAt();
        require(at <= block.timestamp && block.timestamp - at <= 1 hours);
        require(msg.value == uint64(IFeed(feed).price()));
        require(!served[msg.sender]);
        stock -= 1;
        served[msg.sender] = true;
    }
}
