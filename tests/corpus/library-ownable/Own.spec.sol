// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;
import {OwnableSpec} from "solwright/Ownable.spec.sol";

/// @title  Something with an owner
/// @custom:deploy (address initialOwner)
interface Own is OwnableSpec {}
