// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @title Takes tokens
/// @custom:deploy (address asset_)
/// @custom:environment asset is ERC20FeeOnTransfer
/// @custom:initially set: asset() == asset_
/// @custom:invariant whole: !broken()
interface X {
    function asset() external view returns (address);
    function broken() external view returns (bool);
    /// @custom:modifies IERC20(asset()).balanceOf(*), IERC20(asset()).allowance(*)
    /// @custom:reverts other: msg.sender != address(this) && msg.sender != from
    /// @custom:succeeds never -- tokens refuse
    function pull(address from, uint256 amount, uint256 least) external;
    /// @custom:modifies IERC20(asset()).balanceOf(*), IERC20(asset()).allowance(*)
    /// @custom:succeeds never -- tokens refuse
    function take(uint256 amount) external;
}
