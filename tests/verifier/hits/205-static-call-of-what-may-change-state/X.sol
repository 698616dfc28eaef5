// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
interface IOdd { function ask() external view returns (uint256); }
contract X {
    address public immutable odd;
    bool public broken;
    constructor(address odd_) { odd = odd_; }
    function go() external {
        try IOdd(odd).ask() returns (uint256) { broken = true; } catch {}
    }
}
