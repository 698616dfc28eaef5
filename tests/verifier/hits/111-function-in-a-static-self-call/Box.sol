// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
interface IPeek { function peek() external view returns (uint256); }
contract Box {
    uint256 public x;
    uint256 public last;
    uint256 private n;
    function peek() external returns (uint256 r) { if (msg.sender == address(this)) return 666; n = 1; return x; }
    function set(uint256 v) external {
        x = v;
        last = IPeek(address(this)).peek();
    }
}
