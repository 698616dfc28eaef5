// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;
// expect: verified
// OpenZeppelin's implementation as it is
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

contract Own is Ownable {
    constructor(address initialOwner) Ownable(initialOwner) {}
}
