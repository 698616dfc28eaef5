// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:initially none: total() == 0
/// @custom:invariant solvent: balance(this) >= total()
interface Vault {
    function total() external view returns (uint256);
    function balanceOf(address who) external view returns (uint256);
    /// @custom:changes credited: balanceOf(msg.sender) by +msg.value, total() by +msg.value
    /// @custom:succeeds never -- lock
    function deposit() external payable;
    /// @custom:changes debited: balanceOf(msg.sender) by -amount, total() by -amount
    /// @custom:pays paid: msg.sender, amount
    /// @custom:succeeds never -- lock
    function withdraw(uint256 amount, uint256 v) external;
}
