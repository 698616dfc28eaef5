// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: not-verified transferFrom.notAllowed, transferFrom.spent
// FAULT: the owner needs no allowance

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

contract Points is ERC20, Ownable {
    constructor(address owner_) ERC20("Points", "PTS") Ownable(owner_) {}

    function mint(address to, uint256 value) external onlyOwner {
        _mint(to, value);
    }

    function _spendAllowance(address from, address spender, uint256 value) internal override {
        if (spender != owner()) super._spendAllowance(from, spender, value);
    }

    function burn(uint256 value) external {
        _burn(msg.sender, value);
    }
}
