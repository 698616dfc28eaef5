// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
interface IOdd { function a() external returns (uint256); function b() external returns (uint256); }
contract X {
    address public immutable odd;
    uint256 public last;
    constructor(address odd_) { odd = odd_; }
    function one() external { last = IOdd(odd).a(); }
    function two() external { last = IOdd(odd).b(); }
}
