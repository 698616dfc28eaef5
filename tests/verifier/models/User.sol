// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

interface IOdd {
    function loose() external view returns (uint256);
    function shown() external view returns (int8);
    function half() external view returns (uint256);
    function ask(uint256 n) external returns (uint256);
    function above(uint256 n) external returns (uint256);
    function rise() external;
    function maybe() external;
    function touch(address who) external;
    function stir() external;
    function move(address from, address to, uint256 value) external;
    function pass(address next) external;
    function five(uint256 a, uint256 b, uint256 c, uint256 d, uint64 e) external;
}

contract User {
    error solwright_NoBehaviour();
    address public immutable odd;
    uint256 public seen;
    uint256 public least;
    constructor(address odd_) { odd = odd_; }
    function asks(uint256 n) external returns (uint256 a, uint256 b) { a = IOdd(odd).ask(n); b = IOdd(odd).ask(n); }
    function asksAbove(uint256 n) external returns (uint256) { return IOdd(odd).above(n); }
    function rises() external { IOdd(odd).rise(); }
    function tries() external { IOdd(odd).maybe(); }
    function reads() external returns (uint256 result, uint256 again) { result = IOdd(odd).loose(); again = IOdd(odd).loose(); }
    function readsBlindly() external { IOdd(odd).loose(); }
    function touches(address a, address) external { IOdd(odd).touch(a); }
    function stirs(address) external { IOdd(odd).stir(); }
    function moves(address a, address b, uint256 value) external { IOdd(odd).move(a, b, value); }
    function passes(address next) external { IOdd(odd).pass(next); }
    function shows() external returns (int8 result, uint256 half) { result = IOdd(odd).shown(); half = IOdd(odd).half(); }
    function fives(uint256 a) external { IOdd(odd).five(a, 0, 0, 0, 0); }
    function pretends() external { revert solwright_NoBehaviour(); }
}
