// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;
// expect: not-verified execute.done
// FAULT: a payment that was made is forgotten, so it can be announced and made again

contract Treasury {
    event Scheduled(bytes32 indexed id, address indexed to, uint256 amount, uint256 timestamp);
    event Executed(bytes32 indexed id);
    event Cancelled(bytes32 indexed id);

    error NotKeeper();
    error TimelockInsufficientDelay(uint256 delay, uint256 minDelay);
    error Unexpected(bytes32 id);
    error NotPaid();

    address public immutable keeper;
    uint256 public immutable getMinDelay;
    mapping(bytes32 => uint256) public getTimestamp;
    mapping(bytes32 => bool) public isOperationDone;
    mapping(bytes32 => address) public payee;
    mapping(bytes32 => uint256) public amount;

    constructor(address keeper_, uint256 minDelay_) {
        if (minDelay_ == 0) revert TimelockInsufficientDelay(0, 1);
        keeper = keeper_;
        getMinDelay = minDelay_;
    }

    receive() external payable {}

    function isOperationPending(bytes32 id) public view returns (bool) {
        return getTimestamp[id] != 0 && !isOperationDone[id];
    }

    function isOperationReady(bytes32 id) public view returns (bool) {
        return isOperationPending(id) && getTimestamp[id] <= block.timestamp;
    }

    function schedule(bytes32 id, address to, uint256 value, uint256 delay) external {
        if (msg.sender != keeper) revert NotKeeper();
        if (delay < getMinDelay) revert TimelockInsufficientDelay(delay, getMinDelay);
        if (getTimestamp[id] != 0 || isOperationDone[id]) revert Unexpected(id);
        uint256 timestamp = block.timestamp + delay;
        getTimestamp[id] = timestamp;
        (payee[id], amount[id]) = (to, value);
        emit Scheduled(id, to, value, timestamp);
    }

    function cancel(bytes32 id) external {
        if (msg.sender != keeper) revert NotKeeper();
        if (!isOperationPending(id)) revert Unexpected(id);
        delete getTimestamp[id];
        emit Cancelled(id);
    }

    function execute(bytes32 id) external {
        if (!isOperationReady(id)) revert Unexpected(id);
        delete getTimestamp[id];
        emit Executed(id);
        (bool paid, ) = payee[id].call{value: amount[id]}("");
        if (!paid) revert NotPaid();
    }
}
