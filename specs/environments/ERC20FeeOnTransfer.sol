// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {ERC20} from "./ERC20.sol";

/// @title The token that `@custom:environment … is ERC20FeeOnTransfer` stands for: as ERC20, but less may arrive than was sent
/// @notice Any part of a transfer is taken, another one each time, and is nobody's from then on. No balance overflows: the rest is taken, too.
contract ERC20FeeOnTransfer is ERC20 {
    mapping(uint256 transfer => uint256) private left; // what is there after a transfer, as far as that is possible
    uint256 private transfers;

    function move(address from, address to, uint256 value) internal virtual override {
        require(from != address(0) && to != address(0));
        balanceOf[from] -= value;
        unchecked {
            uint256 had = balanceOf[to];
            uint256 has = left[transfers++];
            if (has < had) has = had;
            if (has - had > value) has = had + value;
            balanceOf[to] = has;
            emit Transfer(from, to, has - had);
        }
    }
}
