// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @title  ERC-20 of which less may arrive than was sent
/// @custom:initially none: totalSupply() == 0
/// @custom:initially closed: forall (address a, address b) allowance(a, b) == 0
interface ERC20FeeOnTransfer {
    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);

    function totalSupply() external view returns (uint256);
    function balanceOf(address account) external view returns (uint256);
    function allowance(address owner, address spender) external view returns (uint256);

    /// @custom:reverts nobody: to == address(0)
    /// @custom:reverts short: balanceOf(msg.sender) < value
    /// @custom:modifies balanceOf(msg.sender), balanceOf(to)
    /// @custom:ensures sent: to == msg.sender || balanceOf(msg.sender) == old(balanceOf(msg.sender)) - value
    /// @custom:ensures arrived: to == msg.sender || (balanceOf(to) >= old(balanceOf(to)) && balanceOf(to) - old(balanceOf(to)) <= value)
    /// @custom:ensures circled: to == msg.sender ==> balanceOf(to) <= old(balanceOf(to)) && old(balanceOf(to)) - balanceOf(to) <= value
    /// @custom:ensures told: result
    /// @custom:succeeds otherwise
    function transfer(address to, uint256 value) external returns (bool);

    /// @custom:reverts nobody: spender == address(0)
    /// @custom:modifies allowance(msg.sender, spender)
    /// @custom:ensures allowed: allowance(msg.sender, spender) == value
    /// @custom:ensures told: result
    /// @custom:emits Approval(msg.sender, spender, value)
    /// @custom:succeeds otherwise
    function approve(address spender, uint256 value) external returns (bool);

    /// @custom:reverts nobody: from == address(0) || to == address(0)
    /// @custom:reverts short: balanceOf(from) < value
    /// @custom:reverts unallowed: allowance(from, msg.sender) < value
    /// @custom:modifies balanceOf(from), balanceOf(to)
    /// @custom:ensures sent: to == from || balanceOf(from) == old(balanceOf(from)) - value
    /// @custom:ensures arrived: to == from || (balanceOf(to) >= old(balanceOf(to)) && balanceOf(to) - old(balanceOf(to)) <= value)
    /// @custom:ensures circled: to == from ==> balanceOf(to) <= old(balanceOf(to)) && old(balanceOf(to)) - balanceOf(to) <= value
    /// @custom:changes spent: allowance(from, msg.sender) by -(allowance(from, msg.sender) == type(uint256).max ? 0 : value)
    /// @custom:ensures told: result
    /// @custom:succeeds otherwise
    function transferFrom(address from, address to, uint256 value) external returns (bool);
}
