// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;
// expect: not-verified transferFrom.used
// FAULT: an approval is never used up
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

contract Coin is ERC20 {
    constructor(address holder, uint256 supply) ERC20("Coin", "C") {
        _mint(holder, supply);
    }

    function _spendAllowance(address owner, address spender, uint256 value) internal view override {
        uint256 left = allowance(owner, spender);
        if (left < value) revert ERC20InsufficientAllowance(spender, left, value);
    }
}
