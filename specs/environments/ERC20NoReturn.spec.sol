// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @title  ERC-20 as tokens wrote it that return nothing where they should return true
/// @custom:initially none: totalSupply() == 0
/// @custom:initially closed: forall (address a, address b) allowance(a, b) == 0
/// @custom:invariant supplied: sum(balanceOf) == totalSupply()
interface ERC20NoReturn {
    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);

    function totalSupply() external view returns (uint256);
    function balanceOf(address account) external view returns (uint256);
    function allowance(address owner, address spender) external view returns (uint256);

    /// @custom:reverts nobody: to == address(0)
    /// @custom:reverts short: balanceOf(msg.sender) < value
    /// @custom:changes moved: balanceOf(msg.sender) by -value, balanceOf(to) by +value
    /// @custom:emits Transfer(msg.sender, to, value)
    /// @custom:succeeds otherwise
    function transfer(address to, uint256 value) external;

    /// @custom:reverts nobody: spender == address(0)
    /// @custom:modifies allowance(msg.sender, spender)
    /// @custom:ensures allowed: allowance(msg.sender, spender) == value
    /// @custom:emits Approval(msg.sender, spender, value)
    /// @custom:succeeds otherwise
    function approve(address spender, uint256 value) external;

    /// @custom:reverts nobody: from == address(0) || to == address(0)
    /// @custom:reverts short: balanceOf(from) < value
    /// @custom:reverts unallowed: allowance(from, msg.sender) < value
    /// @custom:changes moved: balanceOf(from) by -value, balanceOf(to) by +value
    /// @custom:changes spent: allowance(from, msg.sender) by -(allowance(from, msg.sender) == type(uint256).max ? 0 : value)
    /// @custom:emits Transfer(from, to, value)
    /// @custom:succeeds otherwise
    function transferFrom(address from, address to, uint256 value) external;
}
