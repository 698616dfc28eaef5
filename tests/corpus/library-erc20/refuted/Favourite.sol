// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;
// expect: not-verified transferFrom.notApproved
// FAULT: the first holder needs no approval
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

contract Coin is ERC20 {
    address private immutable _first;

    constructor(address holder, uint256 supply) ERC20("Coin", "C") {
        _first = holder;
        _mint(holder, supply);
    }

    function _spendAllowance(address owner, address spender, uint256 value) internal override {
        if (spender != _first) super._spendAllowance(owner, spender, value);
    }
}
