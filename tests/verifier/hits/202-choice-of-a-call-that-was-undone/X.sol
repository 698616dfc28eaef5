// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
interface IOdd { function f() external; function g() external; }
contract X {
    address public immutable odd;
    bool public broken;
    constructor(address odd_) { odd = odd_; }
    function go() external {
        try IOdd(odd).f() {} catch { IOdd(odd).g(); broken = true; }
    }
}
