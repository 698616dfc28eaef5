// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @title  A purse of a token that returns nothing where it should return true
/// @custom:deploy (address coin_, address owner_)
/// @custom:environment coin is ERC20NoReturn
/// @custom:initially set: coin() == coin_ && owner() == owner_
/// @custom:invariant closed: forall (address who) IERC20(coin()).allowance(address(this), who) == 0 -- nobody else may take from it
interface Purse {
    error NotOwner();

    function coin() external view returns (address);
    function owner() external view returns (address);

    /// @custom:only owner() with NotOwner()
    /// @custom:reverts poor: IERC20(coin()).balanceOf(address(this)) < amount
    /// @custom:reverts nobody: to == address(0)
    /// @custom:changes paid: IERC20(coin()).balanceOf(address(this)) by -amount, IERC20(coin()).balanceOf(to) by +amount
    /// @custom:succeeds otherwise
    function pay(address to, uint256 amount) external;
}
