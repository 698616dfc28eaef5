// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
interface Pair { function pair() external view returns (uint256, uint256); }
contract Late {
    uint256 public x; uint256 public deadline;
    constructor(uint256 deadline_) { deadline = deadline_; }
    function set(uint256 v) external { if (block.timestamp < deadline) { Pair(msg.sender).pair(); } x = v; }
}
