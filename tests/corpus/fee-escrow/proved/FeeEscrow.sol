// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: verified -- counts what came, not what was sent

interface IERC20 {
    function balanceOf(address account) external view returns (uint256);
    function transfer(address to, uint256 value) external returns (bool);
    function transferFrom(address from, address to, uint256 value) external returns (bool);
}

contract FeeEscrow {
    address public immutable asset;
    uint256 public total;
    mapping(address => uint256) public heldFor;

    constructor(address asset_) {
        asset = asset_;
    }

    function deposit(uint256 amount) external {
        uint256 before = IERC20(asset).balanceOf(address(this));
        require(IERC20(asset).transferFrom(msg.sender, address(this), amount));
        uint256 came = IERC20(asset).balanceOf(address(this)) - before;
        heldFor[msg.sender] += came;
        total += came;
    }

    function withdraw(uint256 amount, address to) external {
        require(to != address(this));
        heldFor[msg.sender] -= amount;
        total -= amount;
        require(IERC20(asset).transfer(to, amount));
    }
}
