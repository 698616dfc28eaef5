// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;
import {TimelockSpec} from "solwright/Timelock.spec.sol";

/// @title  A treasury whose payments are announced and wait
/// @custom:deploy (address keeper_, uint256 minDelay_)
/// @custom:undeployable atOnce: minDelay_ == 0
/// @custom:deployable usual: minDelay_ > 0
/// @custom:initially terms: keeper() == keeper_ && getMinDelay() == minDelay_
/// @custom:invariant slow: getMinDelay() > 0
/// @custom:transition fixedTerms: keeper() == old(keeper()) && getMinDelay() == old(getMinDelay())
/// @custom:emits nothing
interface Treasury is TimelockSpec {
    event Scheduled(bytes32 indexed id, address indexed to, uint256 amount, uint256 timestamp);
    event Executed(bytes32 indexed id);

    error NotKeeper();

    function keeper() external view returns (address);
    function payee(bytes32 id) external view returns (address);
    function amount(bytes32 id) external view returns (uint256);

    /// @custom:modifies nothing
    /// @custom:emits nothing
    /// @custom:succeeds otherwise
    receive() external payable;

    /// @notice Announce a payment under a name that no operation has that waits or is done.
    /// @custom:only keeper() with NotKeeper()
    /// @custom:reverts known: getTimestamp(id) != 0 || isOperationDone(id)
    /// @custom:reverts soon with TimelockInsufficientDelay(delay, getMinDelay()): delay < getMinDelay()
    /// @custom:reverts never: block.timestamp + delay > type(uint256).max
    /// @custom:modifies getTimestamp(id), payee(id), amount(id)
    /// @custom:ensures waits: getTimestamp(id) == block.timestamp + delay && payee(id) == to && amount(id) == value
    /// @custom:emits Scheduled(id, to, value, block.timestamp + delay)
    /// @custom:succeeds otherwise
    function schedule(bytes32 id, address to, uint256 value, uint256 delay) external;

    /// @notice Pay what was announced. Anybody may call it.
    /// @custom:reverts notReady: !isOperationReady(id)
    /// @custom:reverts poor: balance(this) < amount(id)
    /// @custom:modifies isOperationDone(id)
    /// @custom:ensures done: isOperationDone(id)
    /// @custom:pays paid: payee(id), amount(id)
    /// @custom:emits Executed(id)
    /// @custom:succeeds otherwise
    function execute(bytes32 id) external;

    /// @custom:only keeper() with NotKeeper()
    /// @custom:succeeds otherwise
    function cancel(bytes32 id) external;
}
