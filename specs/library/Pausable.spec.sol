// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// @title  A switch that stops the contract
/// @custom:initially running: !paused()
interface PausableSpec {
    event Paused(address account);
    event Unpaused(address account);

    error EnforcedPause();
    error ExpectedPause();

    function paused() external view returns (bool);

    /// @notice Stop the contract.
    /// @custom:reverts already with EnforcedPause(): paused()
    /// @custom:modifies paused()
    /// @custom:ensures stopped: paused()
    /// @custom:emits Paused(msg.sender)
    function pause() external;

    /// @notice Let the contract go on.
    /// @custom:reverts running with ExpectedPause(): !paused()
    /// @custom:modifies paused()
    /// @custom:ensures resumed: !paused()
    /// @custom:emits Unpaused(msg.sender)
    function unpause() external;
}
