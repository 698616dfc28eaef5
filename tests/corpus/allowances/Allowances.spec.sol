// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @title  Ether in a common purse, with allowances: a spender takes from a holder's share what the holder granted
/// @custom:deploy ()
/// @custom:initially empty: total() == 0
/// @custom:initially nothing: forall (address holder, address spender) allowance(holder, spender) == 0
/// @custom:invariant solvent: balance(this) >= total()
/// @custom:invariant accounted: sum(shareOf) == total()
interface Allowances {
    event Deposited(address indexed holder, uint256 amount);
    event Granted(address indexed holder, address indexed spender, uint256 allowed);
    event Spent(address indexed holder, address indexed spender, uint256 amount);

    error TooMuch();
    error NotAllowed(uint256 allowed, uint256 asked);
    error NotEnough(uint256 available, uint256 asked);

    function total() external view returns (uint256);
    function shareOf(address holder) external view returns (uint256);
    function allowance(address holder, address spender) external view returns (uint256);

    /// @custom:changes credited: shareOf(msg.sender) by +msg.value, total() by +msg.value
    /// @custom:emits Deposited(msg.sender, msg.value)
    /// @custom:succeeds otherwise
    function deposit() external payable;

    /// @notice Allow `spender` so much more.
    /// @custom:reverts tooMuch with TooMuch(): allowance(msg.sender, spender) + more > type(uint256).max
    /// @custom:changes granted: allowance(msg.sender, spender) by +more
    /// @custom:emits Granted(msg.sender, spender, allowance(msg.sender, spender) + more)
    /// @custom:succeeds otherwise
    function grant(address spender, uint256 more) external;

    /// @notice Take everything back that `spender` was allowed.
    /// @custom:ensures nothing: allowance(msg.sender, spender) == 0
    /// @custom:modifies allowance(msg.sender, spender)
    /// @custom:emits Granted(msg.sender, spender, 0)
    /// @custom:succeeds otherwise
    function revoke(address spender) external;

    /// @notice Take `amount` of the holder's share; the holder's own share too needs an allowance.
    /// @custom:reverts notAllowed with NotAllowed(allowance(holder, msg.sender), amount): allowance(holder, msg.sender) < amount
    /// @custom:reverts notEnough with NotEnough(shareOf(holder), amount): shareOf(holder) < amount
    /// @custom:changes used: allowance(holder, msg.sender) by -amount
    /// @custom:changes debited: shareOf(holder) by -amount, total() by -amount
    /// @custom:pays paid: msg.sender, amount
    /// @custom:emits Spent(holder, msg.sender, amount)
    /// @custom:succeeds otherwise
    function spend(address holder, uint256 amount) external;
}
