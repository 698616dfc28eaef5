// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;
import {ERC721Spec} from "solwright/ERC721.spec.sol";

/// @title  Two cards, both of one holder at the beginning
/// @custom:deploy (address holder)
/// @custom:undeployable nobody: holder == address(0)
/// @custom:deployable somebody: holder != address(0)
/// @custom:initially begun: ownerOf(1) == holder && ownerOf(2) == holder && balanceOf(holder) == 2
/// @custom:initially noOther: forall (uint256 id) id != 1 && id != 2 ==> !defined(ownerOf(id))
/// @custom:initially noneElse: forall (address a) a != holder && a != address(0) ==> balanceOf(a) == 0
/// @custom:emits Transfer(address(0), holder, 1)
/// @custom:emits Transfer(address(0), holder, 2)
interface Cards is ERC721Spec {}
