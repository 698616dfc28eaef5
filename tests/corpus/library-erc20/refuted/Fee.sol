// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;
// expect: not-verified transfer.moved, transferFrom.moved
// FAULT: a hundredth of each transfer goes to the address of the contract
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

contract Coin is ERC20 {
    constructor(address holder, uint256 supply) ERC20("Coin", "C") {
        _mint(holder, supply);
    }

    function _update(address from, address to, uint256 value) internal override {
        if (from == address(0)) return super._update(from, to, value);
        super._update(from, address(this), value / 100);
        super._update(from, to, value - value / 100);
    }
}
