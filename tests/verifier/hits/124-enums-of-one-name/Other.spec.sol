// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
interface Other { enum State { X, Y } }
