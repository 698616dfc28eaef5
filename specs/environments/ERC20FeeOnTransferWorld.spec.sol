// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {ERC20FeeOnTransfer} from "./ERC20FeeOnTransfer.spec.sol";

/// @title  A token of which less may arrive, and whose supply grows and shrinks
interface ERC20FeeOnTransferWorld is ERC20FeeOnTransfer {
    /// @custom:reverts full: totalSupply() + value > type(uint256).max || balanceOf(to) + value > type(uint256).max
    /// @custom:reverts nobody: to == address(0)
    /// @custom:changes minted: balanceOf(to) by +value, totalSupply() by +value
    /// @custom:emits Transfer(address(0), to, value)
    /// @custom:succeeds otherwise
    function mint(address to, uint256 value) external;

    /// @custom:reverts short: balanceOf(msg.sender) < value || totalSupply() < value
    /// @custom:changes burnt: balanceOf(msg.sender) by -value, totalSupply() by -value
    /// @custom:emits Transfer(msg.sender, address(0), value)
    /// @custom:succeeds otherwise
    function burn(uint256 value) external;
}
