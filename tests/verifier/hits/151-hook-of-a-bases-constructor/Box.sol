// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.24;
contract Base { uint256 public a; constructor() { a = 1; hook(); } function hook() internal virtual {} }
contract Box is Base { uint256 public b; function hook() internal override { b = 9; } function f() external { a = 2; } }