// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;
// expect: not-verified transferOwnership.handedOver
// FAULT: the next owner is only noted
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

contract Own is Ownable {
    address private _next;

    constructor(address initialOwner) Ownable(initialOwner) {}

    function transferOwnership(address newOwner) public override onlyOwner {
        if (newOwner == address(0)) revert OwnableInvalidOwner(address(0));
        _next = newOwner;
    }
}
