// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {Token} from "./Token.sol";

/// @title The token that `@custom:environment … is ERC20NoReturn` stands for: as ERC20, but it returns nothing where it should return true
contract ERC20NoReturn is Token {
    function transfer(address to, uint256 value) external {
        move(msg.sender, to, value);
    }

    function approve(address spender, uint256 value) external {
        allow(spender, value);
    }

    function transferFrom(address from, address to, uint256 value) external {
        moveFrom(from, to, value);
    }
}
