// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: not-verified pay.succeeds -- waits for an answer that never comes

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

contract Purse {
    error NotOwner();

    IERC20 public immutable coin;
    address public immutable owner;

    constructor(IERC20 coin_, address owner_) {
        coin = coin_;
        owner = owner_;
    }

    function pay(address to, uint256 amount) external {
        if (msg.sender != owner) revert NotOwner();
        require(coin.transfer(to, amount));
    }
}
