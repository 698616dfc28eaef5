// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @title  A vault that keeps the ether of whoever puts it in
/// @custom:deploy ()
/// @custom:initially empty: total() == 0
/// @custom:invariant solvent: balance(this) >= total() -- the vault can pay everybody at any time
/// @custom:invariant accounted: sum(balanceOf) == total() -- the book and its sum agree
interface Vault {
    event Deposited(address indexed who, uint256 amount);
    event Withdrawn(address indexed who, uint256 amount);

    error InsufficientBalance(uint256 available, uint256 asked);

    /// @notice What the vault owes to all depositors together.
    function total() external view returns (uint256);

    /// @notice What the vault owes to `who`.
    function balanceOf(address who) external view returns (uint256);

    /// @notice Put ether in.
    /// @custom:changes credited: balanceOf(msg.sender) by +msg.value, total() by +msg.value
    /// @custom:emits Deposited(msg.sender, msg.value)
    /// @custom:succeeds otherwise
    function deposit() external payable;

    /// @notice Take `amount` wei out.
    /// @custom:reverts short with InsufficientBalance(balanceOf(msg.sender), amount): balanceOf(msg.sender) < amount -- nobody takes more than their own
    /// @custom:changes debited: balanceOf(msg.sender) by -amount, total() by -amount
    /// @custom:pays paid: msg.sender, amount
    /// @custom:emits Withdrawn(msg.sender, amount)
    /// @custom:succeeds otherwise
    function withdraw(uint256 amount) external;
}
