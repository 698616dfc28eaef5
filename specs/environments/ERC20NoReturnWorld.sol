// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {ERC20NoReturn} from "./ERC20NoReturn.sol";
import {Supply} from "./Token.sol";

/// @title What others may do with the token of the model ERC20NoReturn between two calls
contract ERC20NoReturnWorld is ERC20NoReturn, Supply {}
