// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;
// expect: not-verified release.paid
// FAULT: whoever calls first is paid

contract Plan {
    event EtherReleased(uint256 amount);

    error NotOwner();
    error Nobody();
    error NotPaid();

    address public owner;
    uint256 public immutable start;
    uint256 public immutable duration;
    uint256 public released;

    constructor(address beneficiary, uint64 startTimestamp, uint64 durationSeconds) payable {
        if (beneficiary == address(0)) revert Nobody();
        owner = beneficiary;
        start = startTimestamp;
        duration = durationSeconds;
    }

    receive() external payable {}

    function end() public view returns (uint256) {
        return start + duration;
    }

    function vestedAmount(uint64 timestamp) public view returns (uint256) {
        uint256 total = address(this).balance + released;
        if (timestamp < start) return 0;
        if (timestamp >= end()) return total;
        return total * (timestamp - start) / duration;
    }

    function releasable() public view returns (uint256) {
        return vestedAmount(uint64(block.timestamp)) - released;
    }

    function release() external {
        uint256 amount = releasable();
        released += amount;
        emit EtherReleased(amount);
        (bool paid, ) = msg.sender.call{value: amount}("");
        if (!paid) revert NotPaid();
    }

    function transferOwnership(address newOwner) external {
        if (msg.sender != owner) revert NotOwner();
        if (newOwner == address(0)) revert Nobody();
        owner = newOwner;
    }
}
