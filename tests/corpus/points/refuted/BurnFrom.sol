// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: not-verified undeclared, selector
// FAULT: a base brings a function that nobody asked for

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {ERC20, ERC20Burnable} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";

contract Points is ERC20Burnable, Ownable {
    constructor(address owner_) ERC20("Points", "PTS") Ownable(owner_) {}

    function mint(address to, uint256 value) external onlyOwner {
        _mint(to, value);
    }

    function burn(uint256 value) public override {
        _burn(msg.sender, value);
    }
}
