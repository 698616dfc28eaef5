// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    enum State { A, B, C }
    enum Other { X, Y }
    mapping(State => mapping(Other => uint256)) public seen;
    function set(State a, Other b) external { if (uint8(a) != uint8(b)) seen[a][b] = 1; }
}
