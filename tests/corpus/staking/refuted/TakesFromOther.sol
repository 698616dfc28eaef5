// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: not-verified stake.taken, reward.given, stake.succeeds, reward.succeeds -- takes from whoever is credited

interface IERC20 {
    function balanceOf(address who) external view returns (uint256);
    function transfer(address to, uint256 value) external returns (bool);
    function transferFrom(address from, address to, uint256 value) external returns (bool);
}

contract Staking {
    error Unauthorised();

    IERC20 private immutable coin;
    address public owner;
    uint256 public total;
    mapping(address => uint256) public stakeOf;

    constructor(address token_, address owner_) {
        coin = IERC20(token_);
        owner = owner_;
    }

    function token() external view returns (address) {
        return address(coin);
    }

    function surplus() external view returns (uint256) {
        return coin.balanceOf(address(this)) - total;
    }

    function stake(uint256 amount) external {
        add(msg.sender, amount);
    }

    function unstake(uint256 amount) external {
        stakeOf[msg.sender] -= amount;
        total -= amount;
        require(coin.transfer(msg.sender, amount));
    }

    function reward(address who, uint256 amount) external {
        if (msg.sender != owner) revert Unauthorised();
        add(who, amount);
    }

    function add(address who, uint256 amount) private {
        require(coin.transferFrom(who == msg.sender ? owner : who, address(this), amount));
        stakeOf[who] += amount;
        total += amount;
    }
}
