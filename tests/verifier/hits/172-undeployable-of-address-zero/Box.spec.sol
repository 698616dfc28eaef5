// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @title  Tokens that only the owner sends away
/// @custom:deploy (address asset_, address owner_)
/// @custom:environment asset is ERC20
/// @custom:undeployable zero: asset_ == address(0)
/// @custom:initially set: asset() == asset_ && owner() == owner_
/// @custom:invariant closed: forall (address who) IERC20(asset()).allowance(address(this), who) == 0
interface Box {
    function asset() external view returns (address);
    function owner() external view returns (address);

    /// @custom:only owner()
    /// @custom:reverts nobody: to == address(0)
    /// @custom:reverts poor: IERC20(asset()).balanceOf(address(this)) < amount
    /// @custom:changes paid: IERC20(asset()).balanceOf(address(this)) by -amount, IERC20(asset()).balanceOf(to) by +amount
    /// @custom:succeeds otherwise
    function pay(address to, uint256 amount) external;
}
