// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @title  Crowdfunding with a goal and a deadline: all or nothing
/// @custom:deploy (address owner_, uint256 goal_, uint256 deadline_)
/// @custom:undeployable noOwner: owner_ == address(0)
/// @custom:undeployable noGoal: goal_ == 0
/// @custom:undeployable past: deadline_ <= block.timestamp
/// @custom:deployable sensible: owner_ != address(0) && goal_ > 0 && deadline_ > block.timestamp
/// @custom:initially terms: owner() == owner_ && goal() == goal_ && deadline() == deadline_
/// @custom:initially empty: raised() == 0 && !claimed()
/// @custom:invariant accounted: sum(pledged) == raised()
/// @custom:invariant solvent: !claimed() ==> balance(this) >= raised() -- until the owner has claimed, every pledge is there
/// @custom:invariant won: claimed() ==> raised() >= goal()
/// @custom:invariant over: claimed() ==> block.timestamp >= deadline()
/// @custom:transition fixedTerms: owner() == old(owner()) && goal() == old(goal()) && deadline() == old(deadline())
/// @custom:transition final: old(claimed()) ==> claimed() && raised() == old(raised())
interface Crowdfunding {
    event Pledged(address indexed who, uint256 amount);
    event Refunded(address indexed who, uint256 amount);
    event Claimed(address indexed owner, uint256 amount);

    error NotOwner();
    error TooLate();
    error TooEarly();
    error NothingPledged();
    error GoalReached();
    error GoalMissed();
    error AlreadyClaimed();

    function owner() external view returns (address);
    function goal() external view returns (uint256);
    function deadline() external view returns (uint256);
    function raised() external view returns (uint256);
    function claimed() external view returns (bool);
    function pledged(address who) external view returns (uint256);

    /// @notice Give ether before the deadline.
    /// @custom:reverts late with TooLate(): block.timestamp >= deadline()
    /// @custom:reverts nothing with NothingPledged(): msg.value == 0
    /// @custom:changes given: pledged(msg.sender) by +msg.value, raised() by +msg.value
    /// @custom:emits Pledged(msg.sender, msg.value)
    /// @custom:succeeds otherwise
    function pledge() external payable;

    /// @notice Get one's pledge back when the goal was missed.
    /// @custom:reverts early with TooEarly(): block.timestamp < deadline()
    /// @custom:reverts reached with GoalReached(): raised() >= goal()
    /// @custom:reverts nothing with NothingPledged(): pledged(msg.sender) == 0
    /// @custom:changes returned: pledged(msg.sender) by -pledged(msg.sender), raised() by -pledged(msg.sender)
    /// @custom:pays back: msg.sender, pledged(msg.sender)
    /// @custom:emits Refunded(msg.sender, pledged(msg.sender))
    /// @custom:succeeds otherwise
    function refund() external;

    /// @notice The owner takes what was raised when the goal was reached.
    /// @custom:only owner() with NotOwner()
    /// @custom:reverts early with TooEarly(): block.timestamp < deadline()
    /// @custom:reverts missed with GoalMissed(): raised() < goal()
    /// @custom:reverts again with AlreadyClaimed(): claimed()
    /// @custom:ensures done: claimed()
    /// @custom:modifies claimed()
    /// @custom:pays prize: owner(), raised()
    /// @custom:emits Claimed(owner(), raised())
    /// @custom:succeeds otherwise
    function claim() external;
}
