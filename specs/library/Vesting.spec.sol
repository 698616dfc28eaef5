// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// @title  Ether that becomes the owner's little by little: nothing before `start`, all after `end`, linear in between
/// @custom:initially nothing: released() == 0
/// @custom:transition fixed: start() == old(start()) && duration() == old(duration()) -- the schedule never changes
/// @custom:transition kept: balance(this) + released() >= old(balance(this) + released()) -- what leaves is counted as released
/// @custom:transition earned: released() == old(released()) || released() > old(released()) && released() <= old(vestedAmount(uint64(block.timestamp))) -- nothing is released early, or taken back
interface VestingSpec {
    event EtherReleased(uint256 amount);

    /// @notice The beneficiary.
    /// @custom:succeeds otherwise
    function owner() external view returns (address);

    /// @custom:succeeds otherwise
    function start() external view returns (uint256);

    /// @custom:succeeds otherwise
    function duration() external view returns (uint256);

    /// @custom:equals start() + duration()
    function end() external view returns (uint256);

    /// @notice What the owner got so far.
    /// @custom:succeeds otherwise
    function released() external view returns (uint256);

    /// @notice What has become the owner's by `timestamp`, of all that is here and was released; rounded down.
    /// @custom:equals timestamp < start() ? 0 : timestamp >= end() ? balance(this) + released() : (balance(this) + released()) * (timestamp - start()) / duration()
    /// @custom:reverts huge: balance(this) + released() > type(uint256).max
    /// @custom:reverts vast: timestamp >= start() && timestamp < end() && (balance(this) + released()) * (timestamp - start()) > type(uint256).max
    function vestedAmount(uint64 timestamp) external view returns (uint256);

    /// @notice What `release` would send now.
    /// @custom:equals vestedAmount(uint64(block.timestamp)) - released()
    function releasable() external view returns (uint256);

    /// @notice Send the owner what has vested. Anybody may call it.
    /// @custom:reverts none: !defined(releasable())
    /// @custom:changes counted: released() by +releasable()
    /// @custom:pays paid: owner(), releasable()
    /// @custom:emits EtherReleased(releasable())
    /// @custom:succeeds otherwise
    function release() external;

    /// @notice All ether follows the schedule, whenever it comes.
    /// @custom:modifies nothing
    /// @custom:succeeds otherwise
    receive() external payable;
}
