// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
import {ERC4626Spec} from "solwright/ERC4626.spec.sol";

/// @title A pool of one token
/// @custom:deploy (address asset_)
/// @custom:initially of: asset() == asset_
interface Pool is ERC4626Spec {
    /// @custom:reverts large: assets * (totalSupply() + 1) > type(uint256).max || totalSupply() == type(uint256).max || totalAssets() == type(uint256).max
    function convertToShares(uint256 assets) external view returns (uint256);
    /// @custom:reverts large: shares * (totalAssets() + 1) > type(uint256).max || totalSupply() == type(uint256).max || totalAssets() == type(uint256).max
    function convertToAssets(uint256 shares) external view returns (uint256);
    /// @custom:reverts large: assets * (totalSupply() + 1) > type(uint256).max || totalSupply() == type(uint256).max || totalAssets() == type(uint256).max
    function previewDeposit(uint256 assets) external view returns (uint256);
    /// @custom:reverts large: shares * (totalAssets() + 1) + totalSupply() > type(uint256).max || totalSupply() == type(uint256).max || totalAssets() == type(uint256).max
    function previewMint(uint256 shares) external view returns (uint256);
    /// @custom:reverts large: assets * (totalSupply() + 1) + totalAssets() > type(uint256).max || totalSupply() == type(uint256).max || totalAssets() == type(uint256).max
    function previewWithdraw(uint256 assets) external view returns (uint256);
    /// @custom:reverts large: shares * (totalAssets() + 1) > type(uint256).max || totalSupply() == type(uint256).max || totalAssets() == type(uint256).max
    function previewRedeem(uint256 shares) external view returns (uint256);
}
