// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;
// expect: not-verified transfer.backed, transfer.moved
// FAULT: a transfer to oneself doubles what is there
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

contract Coin is ERC20 {
    constructor(address holder, uint256 supply) ERC20("Coin", "C") {
        _mint(holder, supply);
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (from == to) super._update(address(0), to, value);
    }
}
