// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;
// expect: not-verified unpause.unauthorised
// FAULT: anybody can let it go on
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";

contract Stop is Ownable, Pausable {
    constructor(address initialOwner) Ownable(initialOwner) {}

    function pause() external onlyOwner {
        _pause();
    }

    function unpause() external {
        _unpause();
    }
}
