// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// @title  An ERC-20 token: what holders, spenders and everybody else may count on
/// @custom:initially noAllowance: forall (address anyHolder, address anySpender) allowance(anyHolder, anySpender) == 0 -- nobody may spend what is others' before they say so
/// @custom:invariant backed: sum(balanceOf) == totalSupply() -- tokens are never lost and never appear from nowhere
interface ERC20Spec {
    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);

    function totalSupply() external view returns (uint256);
    function balanceOf(address account) external view returns (uint256);
    function allowance(address owner, address spender) external view returns (uint256);

    /// @notice Give `value` tokens of one's own to `to`.
    /// @custom:reverts short: balanceOf(msg.sender) < value -- nobody gives more than their own
    /// @custom:changes moved: balanceOf(msg.sender) by -value, balanceOf(to) by +value
    /// @custom:ensures answer: result
    /// @custom:emits Transfer(msg.sender, to, value)
    /// @custom:succeeds enough: balanceOf(msg.sender) >= value && to != address(0)
    function transfer(address to, uint256 value) external returns (bool);

    /// @notice Let `spender` move up to `value` tokens; this replaces the approval before it.
    /// @custom:modifies allowance(msg.sender, spender)
    /// @custom:ensures approved: allowance(msg.sender, spender) == value
    /// @custom:ensures answer: result
    /// @custom:emits Approval(msg.sender, spender, value)
    /// @custom:succeeds anyTime: spender != address(0)
    function approve(address spender, uint256 value) external returns (bool);

    /// @notice Move `value` tokens of `from`, who approved it, to `to`.
    /// @custom:reverts short: balanceOf(from) < value -- nobody loses more than their own
    /// @custom:reverts notApproved: allowance(from, msg.sender) < value -- nobody takes more than was approved
    /// @custom:changes moved: balanceOf(from) by -value, balanceOf(to) by +value
    /// @custom:changes used: allowance(from, msg.sender) by -(allowance(from, msg.sender) == type(uint256).max ? 0 : value) -- an approval without limit does not get smaller
    /// @custom:ensures answer: result
    /// @custom:emits Transfer(from, to, value)
    /// @custom:succeeds enough: balanceOf(from) >= value && allowance(from, msg.sender) >= value && from != address(0) && to != address(0)
    function transferFrom(address from, address to, uint256 value) external returns (bool);
}
