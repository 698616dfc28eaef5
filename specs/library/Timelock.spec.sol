// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// @title  Operations that wait: each is announced, may be carried out after a delay, once, and can be cancelled before
/// @custom:initially nothing: forall (bytes32 anyId) getTimestamp(anyId) == 0 && !isOperationDone(anyId)
/// @custom:transition delayed: forall (bytes32 id) old(getTimestamp(id)) == 0 && getTimestamp(id) != 0 ==> getTimestamp(id) >= block.timestamp + old(getMinDelay()) -- nothing is announced for sooner than the delay
/// @custom:transition unmoved: forall (bytes32 id) old(getTimestamp(id)) != 0 && !isOperationDone(id) ==> getTimestamp(id) == old(getTimestamp(id)) || getTimestamp(id) == 0 -- what waits keeps its time, or is cancelled
/// @custom:transition patient: forall (bytes32 id) isOperationDone(id) && !old(isOperationDone(id)) ==> old(getTimestamp(id)) != 0 && old(getTimestamp(id)) <= block.timestamp -- what is done was announced, and its time has come
/// @custom:transition once: forall (bytes32 id) old(isOperationDone(id)) ==> isOperationDone(id) && getTimestamp(id) == old(getTimestamp(id)) -- what is done is over
interface TimelockSpec {
    event Cancelled(bytes32 indexed id);

    error TimelockInsufficientDelay(uint256 delay, uint256 minDelay);

    function getMinDelay() external view returns (uint256);

    /// @notice From when the operation may be carried out; 0 where it was not announced, or was cancelled.
    function getTimestamp(bytes32 id) external view returns (uint256);
    function isOperationDone(bytes32 id) external view returns (bool);

    /// @custom:equals getTimestamp(id) != 0 && !isOperationDone(id)
    function isOperationPending(bytes32 id) external view returns (bool);

    /// @custom:equals isOperationPending(id) && getTimestamp(id) <= block.timestamp
    function isOperationReady(bytes32 id) external view returns (bool);

    /// @notice Give up an operation that waits.
    /// @custom:reverts notPending: !isOperationPending(id)
    /// @custom:modifies getTimestamp(id)
    /// @custom:ensures cancelled: getTimestamp(id) == 0
    /// @custom:emits Cancelled(id)
    function cancel(bytes32 id) external;
}
