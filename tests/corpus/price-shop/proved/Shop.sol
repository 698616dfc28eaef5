// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: verified -- asks the feed each time

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
        require(msg.value == IFeed(feed).price());
        require(!served[msg.sender]);
        stock -= 1;
        served[msg.sender] = true;
    }
}
