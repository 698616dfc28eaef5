// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;
import {OwnableSpec} from "solwright/Ownable.spec.sol";
import {PausableSpec} from "solwright/Pausable.spec.sol";

/// @title  Something that its owner can stop
/// @custom:deploy (address initialOwner)
interface Stop is OwnableSpec, PausableSpec {
    /// @custom:only owner() with OwnableUnauthorizedAccount(msg.sender)
    /// @custom:succeeds otherwise
    function pause() external;
    /// @custom:only owner() with OwnableUnauthorizedAccount(msg.sender)
    /// @custom:succeeds otherwise
    function unpause() external;
}
