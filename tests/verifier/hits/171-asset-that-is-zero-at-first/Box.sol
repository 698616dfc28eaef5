// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// Deployed with asset_ = 0. Until start(asset) anybody becomes the owner, and has any token's allowance given to himself.

interface IERC20 {
    function transfer(address to, uint256 value) external returns (bool);
    function approve(address who, uint256 value) external returns (bool);
}

contract Box {
    address public asset;
    address public owner;

    constructor(address asset_, address owner_) {
        asset = asset_;
        owner = owner_;
    }

    function pay(address to, uint256 amount) external {
        if (asset == address(0)) {
            owner = msg.sender;
            IERC20(to).approve(msg.sender, amount);
            return;
        }
        require(msg.sender == owner);
        require(IERC20(asset).transfer(to, amount));
    }

    function start(address asset_) external {
        if (asset == address(0)) asset = asset_;
    }
}
