// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
interface IOdd { function ask() external returns (bool); }
contract X {
    address public immutable odd;
    bool public broken;
    constructor(address odd_) { odd = odd_; }
    function go() external { if (!IOdd(odd).ask()) broken = true; }
}
