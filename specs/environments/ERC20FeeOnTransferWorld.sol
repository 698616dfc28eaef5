// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {ERC20FeeOnTransfer} from "./ERC20FeeOnTransfer.sol";
import {Supply, Token} from "./Token.sol";

/// @title What others may do with the token of the model ERC20FeeOnTransfer between two calls
contract ERC20FeeOnTransferWorld is ERC20FeeOnTransfer, Supply {
    function move(address from, address to, uint256 value) internal override(ERC20FeeOnTransfer, Token) {
        ERC20FeeOnTransfer.move(from, to, value);
    }
}
