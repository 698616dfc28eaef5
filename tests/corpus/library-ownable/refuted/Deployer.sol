// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;
// expect: not-verified transferOwnership.unauthorised
// FAULT: whoever deployed it can take it back
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

contract Own is Ownable {
    address private immutable _deployer = msg.sender;

    constructor(address initialOwner) Ownable(initialOwner) {}

    function _checkOwner() internal view override {
        if (msg.sender != _deployer) super._checkOwner();
    }
}
