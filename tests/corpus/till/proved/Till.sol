// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: verified -- looks at its balance before and after

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
        uint256 before = IERC20(coin).balanceOf(address(this));
        require(IERC20(coin).transferFrom(msg.sender, address(this), amount));
        total += IERC20(coin).balanceOf(address(this)) - before;
    }

    function take(uint256 amount) external {
        if (msg.sender != owner) revert NotOwner();
        total -= amount;
        require(IERC20(coin).transfer(owner, amount));
    }
}
