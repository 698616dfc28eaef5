// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {Token} from "./Token.sol";

/// @title The token that `@custom:environment … is ERC20` stands for: ERC-20 to the letter, as OpenZeppelin writes it
contract ERC20 is Token {
    function transfer(address to, uint256 value) external returns (bool) {
        move(msg.sender, to, value);
        return true;
    }

    function approve(address spender, uint256 value) external returns (bool) {
        allow(spender, value);
        return true;
    }

    function transferFrom(address from, address to, uint256 value) external returns (bool) {
        moveFrom(from, to, value);
        return true;
    }
}
