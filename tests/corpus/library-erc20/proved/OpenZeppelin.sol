// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;
// expect: verified
// OpenZeppelin's implementation as it is
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

contract Coin is ERC20 {
    constructor(address holder, uint256 supply) ERC20("Coin", "C") {
        _mint(holder, supply);
    }
}
