// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: verified -- solady, which asks whether there is code where no answer came

import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

contract Purse {
    error NotOwner();

    address public immutable coin;
    address public immutable owner;

    constructor(address coin_, address owner_) {
        coin = coin_;
        owner = owner_;
    }

    function pay(address to, uint256 amount) external {
        if (msg.sender != owner) revert NotOwner();
        SafeTransferLib.safeTransfer(coin, to, amount);
    }
}
