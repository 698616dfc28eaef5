// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: not-verified put.counted, put.backed -- counts what was sent, which is what ERC20 would bring

interface IERC20 {
    function balanceOf(address account) external view returns (uint256);
    function transfer(address to, uint256 value) external returns (bool);
    function transferFrom(address from, address to, uint256 value) external returns (bool);
}

contract Till {
    error NotOwner();

    address public immutable coin;
    address public immutable owner;
    uint256 public total;

    constructor(address coin_, address owner_) {
        coin = coin_;
        owner = owner_;
    }

    function put(uint256 amount) external {
        require(IERC20(coin).transferFrom(msg.sender, address(this), amount));
        total += amount;
    }

    function take(uint256 amount) external {
        if (msg.sender != owner) revert NotOwner();
        total -= amount;
        require(IERC20(coin).transfer(owner, amount));
    }
}
