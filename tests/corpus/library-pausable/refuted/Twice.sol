// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;
// expect: not-verified pause.already
// FAULT: it can be stopped again while it stands still
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";

contract Stop is Ownable, Pausable {
    constructor(address initialOwner) Ownable(initialOwner) {}

    function pause() external onlyOwner {
        if (!paused()) _pause();
        else emit Paused(msg.sender);
    }

    function unpause() external onlyOwner {
        _unpause();
    }
}
