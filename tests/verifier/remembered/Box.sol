// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:lemma small: n < 100
contract Good {
    uint256 public x;
    uint256 n;
    function set(uint256 v) external { x = v; if (n < 99) n = n + 1; }
}
/// @custom:lemma small: n == 0
contract Bad {
    uint256 public x;
    uint256 n;
    function set(uint256 v) external { x = v; if (n < 99) n = n + 1; }
}
