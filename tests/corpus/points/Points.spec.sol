// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @title  Points: an ERC-20 token that its owner mints and its holders burn; the owner may pass on or give up
/// @custom:deploy (address owner_)
/// @custom:undeployable nobody: owner_ == address(0)
/// @custom:deployable somebody: owner_ != address(0)
/// @custom:initially none: totalSupply() == 0
/// @custom:initially owned: owner() == owner_
/// @custom:initially nothing: forall (address holder, address spender) allowance(holder, spender) == 0
/// @custom:emits OwnershipTransferred(address(0), owner_)
/// @custom:invariant backed: sum(balanceOf) == totalSupply()
/// @custom:invariant nowhere: balanceOf(address(0)) == 0
interface Points {
    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);
    event OwnershipTransferred(address indexed previousOwner, address indexed newOwner);

    error ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed);
    error ERC20InsufficientAllowance(address spender, uint256 allowance, uint256 needed);
    error ERC20InvalidReceiver(address receiver);
    error ERC20InvalidSpender(address spender);
    error OwnableUnauthorizedAccount(address account);
    error OwnableInvalidOwner(address owner);

    function owner() external view returns (address);
    function totalSupply() external view returns (uint256);
    function balanceOf(address account) external view returns (uint256);
    function allowance(address holder, address spender) external view returns (uint256);

    /// @custom:reverts short with ERC20InsufficientBalance(msg.sender, balanceOf(msg.sender), value): balanceOf(msg.sender) < value
    /// @custom:reverts nobody with ERC20InvalidReceiver(address(0)): to == address(0)
    /// @custom:changes moved: balanceOf(msg.sender) by -value, balanceOf(to) by +value
    /// @custom:ensures answer: result
    /// @custom:emits Transfer(msg.sender, to, value)
    /// @custom:succeeds otherwise
    function transfer(address to, uint256 value) external returns (bool);

    /// @custom:reverts nobody with ERC20InvalidSpender(address(0)): spender == address(0)
    /// @custom:ensures set: allowance(msg.sender, spender) == value
    /// @custom:ensures answer: result
    /// @custom:modifies allowance(msg.sender, spender)
    /// @custom:emits Approval(msg.sender, spender, value)
    /// @custom:succeeds otherwise
    function approve(address spender, uint256 value) external returns (bool);

    /// @custom:reverts notAllowed with ERC20InsufficientAllowance(msg.sender, allowance(from, msg.sender), value): allowance(from, msg.sender) < value
    /// @custom:reverts short with ERC20InsufficientBalance(from, balanceOf(from), value): balanceOf(from) < value
    /// @custom:reverts nobody with ERC20InvalidReceiver(address(0)): to == address(0)
    /// @custom:reverts fromNobody: from == address(0)
    /// @custom:changes moved: balanceOf(from) by -value, balanceOf(to) by +value
    /// @custom:changes spent: allowance(from, msg.sender) by -(allowance(from, msg.sender) == type(uint256).max ? 0 : value) -- an unlimited allowance stays
    /// @custom:ensures answer: result
    /// @custom:emits Transfer(from, to, value)
    /// @custom:succeeds otherwise
    function transferFrom(address from, address to, uint256 value) external returns (bool);

    /// @custom:only owner() with OwnableUnauthorizedAccount(msg.sender)
    /// @custom:reverts nobody with ERC20InvalidReceiver(address(0)): to == address(0)
    /// @custom:reverts tooMany: totalSupply() + value > type(uint256).max
    /// @custom:changes minted: balanceOf(to) by +value, totalSupply() by +value
    /// @custom:emits Transfer(address(0), to, value)
    /// @custom:succeeds otherwise
    function mint(address to, uint256 value) external;

    /// @custom:reverts short with ERC20InsufficientBalance(msg.sender, balanceOf(msg.sender), value): balanceOf(msg.sender) < value
    /// @custom:changes burnt: balanceOf(msg.sender) by -value, totalSupply() by -value
    /// @custom:emits Transfer(msg.sender, address(0), value)
    /// @custom:succeeds otherwise
    function burn(uint256 value) external;

    /// @custom:only owner() with OwnableUnauthorizedAccount(msg.sender)
    /// @custom:reverts nobody with OwnableInvalidOwner(address(0)): newOwner == address(0)
    /// @custom:ensures passed: owner() == newOwner
    /// @custom:modifies owner()
    /// @custom:emits OwnershipTransferred(owner(), newOwner)
    /// @custom:succeeds otherwise
    function transferOwnership(address newOwner) external;

    /// @custom:only owner() with OwnableUnauthorizedAccount(msg.sender)
    /// @custom:ensures vacant: owner() == address(0)
    /// @custom:modifies owner()
    /// @custom:emits OwnershipTransferred(owner(), address(0))
    /// @custom:succeeds otherwise
    function renounceOwnership() external;
}
