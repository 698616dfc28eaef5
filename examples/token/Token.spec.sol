// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @title  An ERC-20 token that its owner mints
/// @custom:deploy (address owner_)
/// @custom:initially owned: owner() == owner_
/// @custom:initially none: totalSupply() == 0 -- at first there are none
/// @custom:initially unapproved: forall (address a, address b) allowance(a, b) == 0
/// @custom:invariant backed: sum(balanceOf) == totalSupply() -- tokens are never lost and never appear from nowhere
/// @custom:transition sameOwner: owner() == old(owner()) -- the owner never changes
interface Token {
    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);

    error NotOwner(address who);
    error InsufficientBalance(uint256 available, uint256 asked);
    error InsufficientAllowance(uint256 available, uint256 asked);

    function owner() external view returns (address);
    function totalSupply() external view returns (uint256);
    function balanceOf(address who) external view returns (uint256);
    function allowance(address holder, address spender) external view returns (uint256);

    /// @notice Give `value` tokens of one's own to `to`.
    /// @custom:reverts short with InsufficientBalance(balanceOf(msg.sender), value): balanceOf(msg.sender) < value
    /// @custom:changes moved: balanceOf(msg.sender) by -value, balanceOf(to) by +value
    /// @custom:ensures answer: result
    /// @custom:emits Transfer(msg.sender, to, value)
    /// @custom:succeeds otherwise
    function transfer(address to, uint256 value) external returns (bool);

    /// @notice Let `spender` move up to `value` tokens; this replaces the approval before it.
    /// @custom:modifies allowance(msg.sender, spender)
    /// @custom:ensures approved: allowance(msg.sender, spender) == value
    /// @custom:ensures answer: result
    /// @custom:emits Approval(msg.sender, spender, value)
    /// @custom:succeeds otherwise
    function approve(address spender, uint256 value) external returns (bool);

    /// @notice Move `value` tokens of `from`, who approved it, to `to`.
    /// @custom:reverts short with InsufficientBalance(balanceOf(from), value): balanceOf(from) < value
    /// @custom:reverts notApproved with InsufficientAllowance(allowance(from, msg.sender), value): allowance(from, msg.sender) < value
    /// @custom:changes moved: balanceOf(from) by -value, balanceOf(to) by +value
    /// @custom:changes used: allowance(from, msg.sender) by -(allowance(from, msg.sender) == type(uint256).max ? 0 : value) -- an approval without limit does not get smaller
    /// @custom:ensures answer: result
    /// @custom:emits Transfer(from, to, value)
    /// @custom:succeeds otherwise
    function transferFrom(address from, address to, uint256 value) external returns (bool);

    /// @notice The owner creates `value` tokens for `to`.
    /// @custom:only owner() with NotOwner(msg.sender)
    /// @custom:reverts tooMany: totalSupply() + value > type(uint256).max
    /// @custom:changes minted: balanceOf(to) by +value, totalSupply() by +value
    /// @custom:emits Transfer(address(0), to, value)
    /// @custom:succeeds otherwise
    function mint(address to, uint256 value) external;
}
