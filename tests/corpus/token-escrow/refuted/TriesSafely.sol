// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: not-verified deposit.taken, deposit.unallowed -- credits tokens also where taking them failed

import {IERC20, SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

contract TokenEscrow {
    using SafeERC20 for IERC20;

    event Deposited(address indexed who, uint256 amount);
    event Released(address indexed who, address indexed to, uint256 amount);

    error NotArbiter();
    error Short(uint256 held, uint256 asked);

    IERC20 public immutable asset;
    address public immutable arbiter;
    uint256 public total;
    mapping(address => uint256) public heldFor;

    constructor(IERC20 asset_, address arbiter_) {
        asset = asset_;
        arbiter = arbiter_;
    }

    function deposit(uint256 amount) external {
        heldFor[msg.sender] += amount;
        total += amount;
        asset.trySafeTransferFrom(msg.sender, address(this), amount);
        emit Deposited(msg.sender, amount);
    }

    function release(address who, address to, uint256 amount) external {
        if (msg.sender != arbiter) revert NotArbiter();
        uint256 held = heldFor[who];
        if (held < amount) revert Short(held, amount);
        require(to != address(this));
        heldFor[who] = held - amount;
        total -= amount;
        asset.safeTransfer(to, amount);
        emit Released(who, to, amount);
    }
}
