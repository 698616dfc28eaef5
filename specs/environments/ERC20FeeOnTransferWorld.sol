// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {ERC20FeeOnTransfer} from "./ERC20FeeOnTransfer.sol";
import {Supply, Token} from "./Token.sol";

/// @title What others may do with the token of the model ERC20FeeOnTransfer between two calls
contract ERC20FeeOnTransferWorld is ERC20FeeOnTransfer, Supply {
    function fee(uint256 value) internal override(ERC20FeeOnTransfer, Token) returns (uint256) {
        return ERC20FeeOnTransfer.fee(value);
    }
}
