// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;
import {ERC20Spec} from "solwright/ERC20.spec.sol";

/// @title  A coin with a fixed supply
/// @custom:deploy (address holder, uint256 supply)
/// @custom:initially minted: balanceOf(holder) == supply
/// @custom:modifies balanceOf(holder)
/// @custom:emits Transfer(address(0), holder, supply)
interface Coin is ERC20Spec {}
