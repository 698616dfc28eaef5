// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {ERC20} from "./ERC20.sol";

/// @title The token that `@custom:environment … is ERC20FeeOnTransfer` stands for: as ERC20, but less may arrive than was sent
/// @notice Any part of a transfer is taken, another one each time, and is nobody's from then on; it stays in the supply.
contract ERC20FeeOnTransfer is ERC20 {
    mapping(uint256 transfer => uint256) private tolls;
    uint256 private transfers;

    function fee(uint256 value) internal virtual override returns (uint256) {
        unchecked {
            uint256 toll = tolls[transfers++];
            return toll < value ? toll : value;
        }
    }
}
