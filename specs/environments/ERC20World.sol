// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {ERC20} from "./ERC20.sol";
import {Supply} from "./Token.sol";

/// @title What others may do with the token of the model ERC20 between two calls: all that it has, and its supply grows and shrinks
contract ERC20World is ERC20, Supply {}
