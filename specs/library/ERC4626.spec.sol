// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {ERC20Spec} from "./ERC20.spec.sol";

/// @title  An ERC-4626 vault that holds its assets itself: what depositors may count on
/// @custom:environment asset is ERC20
/// @custom:initially none: totalSupply() == 0
/// @custom:invariant closed: forall (address anybody) IERC20(asset()).allowance(address(this), anybody) == 0 -- nobody else may take what the vault holds
interface ERC4626Spec is ERC20Spec {
    event Deposit(address indexed sender, address indexed owner, uint256 assets, uint256 shares);
    event Withdraw(address indexed sender, address indexed receiver, address indexed owner, uint256 assets, uint256 shares);

    function asset() external view returns (address);

    /// @custom:equals IERC20(asset()).balanceOf(address(this))
    function totalAssets() external view returns (uint256);

    /// @notice Shares for assets, rounded down; as if there were one share and one asset more than there are.
    /// @custom:equals assets * (totalSupply() + 1) / (totalAssets() + 1)
    function convertToShares(uint256 assets) external view returns (uint256);

    /// @notice Assets for shares, rounded down.
    /// @custom:equals shares * (totalAssets() + 1) / (totalSupply() + 1)
    function convertToAssets(uint256 shares) external view returns (uint256);

    /// @custom:equals assets * (totalSupply() + 1) / (totalAssets() + 1)
    function previewDeposit(uint256 assets) external view returns (uint256);

    /// @notice Assets for shares, rounded up.
    /// @custom:equals (shares * (totalAssets() + 1) + totalSupply()) / (totalSupply() + 1)
    function previewMint(uint256 shares) external view returns (uint256);

    /// @notice Shares for assets, rounded up.
    /// @custom:equals (assets * (totalSupply() + 1) + totalAssets()) / (totalAssets() + 1)
    function previewWithdraw(uint256 assets) external view returns (uint256);

    /// @custom:equals shares * (totalAssets() + 1) / (totalSupply() + 1)
    function previewRedeem(uint256 shares) external view returns (uint256);

    /// @notice Put exactly `assets` in, for the shares that they are worth, rounded down.
    /// @custom:reverts poor: IERC20(asset()).balanceOf(msg.sender) < assets
    /// @custom:reverts unallowed: IERC20(asset()).allowance(msg.sender, address(this)) < assets
    /// @custom:changes taken: IERC20(asset()).balanceOf(msg.sender) by -assets, IERC20(asset()).balanceOf(address(this)) by +assets
    /// @custom:modifies IERC20(asset()).allowance(msg.sender, address(this))
    /// @custom:changes minted: balanceOf(receiver) by +shares, totalSupply() by +shares
    /// @custom:ensures worth: shares == old(previewDeposit(assets))
    /// @custom:emits Transfer(address(0), receiver, shares)
    /// @custom:emits Deposit(msg.sender, receiver, assets, shares)
    /// @custom:succeeds enough: IERC20(asset()).balanceOf(msg.sender) >= assets && IERC20(asset()).allowance(msg.sender, address(this)) >= assets && receiver != address(0) && totalSupply() + previewDeposit(assets) <= type(uint256).max
    function deposit(uint256 assets, address receiver) external returns (uint256 shares);

    /// @notice Get exactly `shares`, for what they are worth, rounded up.
    /// @custom:reverts poor: IERC20(asset()).balanceOf(msg.sender) < previewMint(shares)
    /// @custom:reverts unallowed: IERC20(asset()).allowance(msg.sender, address(this)) < previewMint(shares)
    /// @custom:changes taken: IERC20(asset()).balanceOf(msg.sender) by -assets, IERC20(asset()).balanceOf(address(this)) by +assets
    /// @custom:modifies IERC20(asset()).allowance(msg.sender, address(this))
    /// @custom:changes minted: balanceOf(receiver) by +shares, totalSupply() by +shares
    /// @custom:ensures worth: assets == old(previewMint(shares))
    /// @custom:emits Transfer(address(0), receiver, shares)
    /// @custom:emits Deposit(msg.sender, receiver, assets, shares)
    /// @custom:succeeds enough: IERC20(asset()).balanceOf(msg.sender) >= previewMint(shares) && IERC20(asset()).allowance(msg.sender, address(this)) >= previewMint(shares) && receiver != address(0) && totalSupply() + shares <= type(uint256).max
    function mint(uint256 shares, address receiver) external returns (uint256 assets);

    /// @notice Take exactly `assets` out, for the shares that they are worth, rounded up.
    /// @custom:reverts short: balanceOf(owner) < previewWithdraw(assets) -- nobody takes more than their own
    /// @custom:reverts notApproved: msg.sender != owner && allowance(owner, msg.sender) < previewWithdraw(assets)
    /// @custom:changes burnt: balanceOf(owner) by -shares, totalSupply() by -shares
    /// @custom:changes used: allowance(owner, msg.sender) by -(msg.sender == owner || allowance(owner, msg.sender) == type(uint256).max ? 0 : shares)
    /// @custom:changes paid: IERC20(asset()).balanceOf(address(this)) by -assets, IERC20(asset()).balanceOf(receiver) by +assets
    /// @custom:ensures worth: shares == old(previewWithdraw(assets))
    /// @custom:emits Transfer(owner, address(0), shares)
    /// @custom:emits Withdraw(msg.sender, receiver, owner, assets, shares)
    /// @custom:succeeds enough: balanceOf(owner) >= previewWithdraw(assets) && totalAssets() >= assets && (msg.sender == owner || allowance(owner, msg.sender) >= previewWithdraw(assets)) && receiver != address(0) && owner != address(0)
    function withdraw(uint256 assets, address receiver, address owner) external returns (uint256 shares);

    /// @notice Give exactly `shares` back, for what they are worth, rounded down.
    /// @custom:reverts short: balanceOf(owner) < shares -- nobody gives more than their own
    /// @custom:reverts notApproved: msg.sender != owner && allowance(owner, msg.sender) < shares
    /// @custom:changes burnt: balanceOf(owner) by -shares, totalSupply() by -shares
    /// @custom:changes used: allowance(owner, msg.sender) by -(msg.sender == owner || allowance(owner, msg.sender) == type(uint256).max ? 0 : shares)
    /// @custom:changes paid: IERC20(asset()).balanceOf(address(this)) by -assets, IERC20(asset()).balanceOf(receiver) by +assets
    /// @custom:ensures worth: assets == old(previewRedeem(shares))
    /// @custom:emits Transfer(owner, address(0), shares)
    /// @custom:emits Withdraw(msg.sender, receiver, owner, assets, shares)
    /// @custom:succeeds enough: balanceOf(owner) >= shares && totalAssets() >= previewRedeem(shares) && (msg.sender == owner || allowance(owner, msg.sender) >= shares) && receiver != address(0) && owner != address(0)
    function redeem(uint256 shares, address receiver, address owner) external returns (uint256 assets);
}
