// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: not-verified release.atomic, release.succeeds -- uses the token after the recipient had control

interface IERC20 {
    function transfer(address to, uint256 value) external returns (bool);
    function transferFrom(address from, address to, uint256 value) external returns (bool);
}

contract TokenEscrow {
    event Deposited(address indexed who, uint256 amount);
    event Released(address indexed who, address indexed to, uint256 amount);

    error NotArbiter();
    error Short(uint256 held, uint256 asked);

    address public immutable asset;
    address public immutable arbiter;
    uint256 public total;
    mapping(address => uint256) public heldFor;

    constructor(address asset_, address arbiter_) {
        asset = asset_;
        arbiter = arbiter_;
    }

    function deposit(uint256 amount) external {
        heldFor[msg.sender] += amount;
        total += amount;
        require(IERC20(asset).transferFrom(msg.sender, address(this), amount));
        emit Deposited(msg.sender, amount);
    }

    function release(address who, address to, uint256 amount) external {
        if (msg.sender != arbiter) revert NotArbiter();
        uint256 held = heldFor[who];
        if (held < amount) revert Short(held, amount);
        require(to != address(this));
        heldFor[who] = held - amount;
        total -= amount;
        (bool told, ) = to.call("");
        require(told);
        require(IERC20(asset).transfer(to, amount));
        emit Released(who, to, amount);
    }
}
