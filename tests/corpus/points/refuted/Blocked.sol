// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: not-verified transfer.succeeds, transferFrom.succeeds, burn.succeeds
// FAULT: the deployer is blocked by an override of _update

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

contract Points is ERC20, Ownable {
    address private immutable _blocked = msg.sender;

    constructor(address owner_) ERC20("Points", "PTS") Ownable(owner_) {}

    function mint(address to, uint256 value) external onlyOwner {
        _mint(to, value);
    }

    function _update(address from, address to, uint256 value) internal override {
        require(from != _blocked, "blocked");
        super._update(from, to, value);
    }

    function burn(uint256 value) external {
        _burn(msg.sender, value);
    }
}
