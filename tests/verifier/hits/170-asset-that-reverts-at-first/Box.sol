// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// Deployed with ready_ = false, asset() reverts until start() is called. Until then anybody takes the tokens,
// lets himself be given an allowance for later, and becomes the owner.

interface IERC20 {
    function transfer(address to, uint256 value) external returns (bool);
    function approve(address who, uint256 value) external returns (bool);
}

contract Box {
    address immutable token;
    bool ready;
    address public owner;

    constructor(address asset_, address owner_, bool ready_) {
        token = asset_;
        owner = owner_;
        ready = ready_;
    }

    function asset() external view returns (address) {
        require(ready);
        return token;
    }

    function pay(address to, uint256 amount) external {
        if (!ready) {
            owner = msg.sender;
            IERC20(token).approve(msg.sender, type(uint256).max);
            return;
        }
        require(msg.sender == owner);
        require(IERC20(token).transfer(to, amount));
    }

    function start() external {
        ready = true;
    }
}
