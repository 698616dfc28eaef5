// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: not-verified transfer.moved, transfer.frame(balanceOf), transfer.emits
// FAULT: an override of _update takes a fee

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

contract Points is ERC20, Ownable {
    constructor(address owner_) ERC20("Points", "PTS") Ownable(owner_) {}

    function mint(address to, uint256 value) external onlyOwner {
        _mint(to, value);
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (from != address(0) && to != address(0) && value > 1000) super._update(to, owner(), 1);
    }

    function burn(uint256 value) external {
        _burn(msg.sender, value);
    }
}
