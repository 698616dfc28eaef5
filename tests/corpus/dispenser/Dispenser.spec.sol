// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @title  A dispenser: everybody gets a fixed amount, once in an interval, while there is enough
/// @custom:deploy (uint256 amount_, uint256 interval_) payable
/// @custom:undeployable tooLong: interval_ > 365 days
/// @custom:deployable sensible: interval_ <= 365 days
/// @custom:initially terms: amount() == amount_ && interval() == interval_
/// @custom:initially nobody: forall (address who) nextAt(who) == 0
/// @custom:emits Filled(msg.sender, msg.value)
/// @custom:invariant bounded: interval() <= 365 days
/// @custom:invariant fair: forall (address who) nextAt(who) <= block.timestamp + interval() -- nobody waits longer than one interval
/// @custom:transition fixedTerms: amount() == old(amount()) && interval() == old(interval())
interface Dispenser {
    event Filled(address indexed from, uint256 amount);
    event Taken(address indexed who, uint256 next);

    error TooSoon(uint256 next);
    error Empty();

    function amount() external view returns (uint256);
    function interval() external view returns (uint256);
    function nextAt(address who) external view returns (uint256);

    /// @custom:modifies nothing
    /// @custom:emits Filled(msg.sender, msg.value)
    /// @custom:succeeds otherwise
    function fill() external payable;

    /// @notice Take the amount; the next time is an interval later.
    /// @custom:reverts soon with TooSoon(nextAt(msg.sender)): block.timestamp < nextAt(msg.sender)
    /// @custom:reverts dry with Empty(): balance(this) < amount()
    /// @custom:ensures waits: nextAt(msg.sender) == block.timestamp + interval()
    /// @custom:modifies nextAt(msg.sender)
    /// @custom:pays portion: msg.sender, amount()
    /// @custom:emits Taken(msg.sender, block.timestamp + interval())
    /// @custom:succeeds otherwise
    function take() external;
}
