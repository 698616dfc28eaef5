// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;
// expect: not-verified constructor.noAllowance
// FAULT: whoever deploys it may spend everybody's coins, until each of them forbids it
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

contract Coin is ERC20 {
    address private immutable deployer = msg.sender;
    mapping(address => bool) private _said;

    constructor(address holder, uint256 supply) ERC20("Coin", "C") {
        _mint(holder, supply);
    }

    function allowance(address owner, address spender) public view override returns (uint256) {
        return spender == deployer && !_said[owner] ? type(uint256).max : super.allowance(owner, spender);
    }

    function _approve(address owner, address spender, uint256 value, bool emitEvent) internal override {
        if (spender == deployer) _said[owner] = true;
        super._approve(owner, spender, value, emitEvent);
    }
}
