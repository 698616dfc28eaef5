// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;
import {VestingSpec} from "solwright/Vesting.spec.sol";

/// @title  Ether for one beneficiary, who can hand the claim over
/// @custom:deploy (address beneficiary, uint64 startTimestamp, uint64 durationSeconds) payable
/// @custom:undeployable nobody: beneficiary == address(0)
/// @custom:deployable usual: beneficiary != address(0)
/// @custom:initially terms: owner() == beneficiary && start() == startTimestamp && duration() == durationSeconds
/// @custom:emits nothing
interface Plan is VestingSpec {
    error NotOwner();

    /// @custom:emits nothing
    receive() external payable;

    /// @notice Make somebody else the beneficiary, of what was not released yet.
    /// @custom:only owner() with NotOwner()
    /// @custom:reverts nobody: newOwner == address(0)
    /// @custom:modifies owner()
    /// @custom:ensures handedOver: owner() == newOwner
    /// @custom:emits nothing
    /// @custom:succeeds otherwise
    function transferOwnership(address newOwner) external;
}
