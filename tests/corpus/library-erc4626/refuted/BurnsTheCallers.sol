// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: not-verified withdraw.emits, withdraw.burnt, redeem.burnt, redeem.emits
// FAULT: burns shares of the caller, not of the owner
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

contract Pool is ERC20 {
    event Deposit(address indexed sender, address indexed owner, uint256 assets, uint256 shares);
    event Withdraw(address indexed sender, address indexed receiver, address indexed owner, uint256 assets, uint256 shares);

    address public immutable asset;

    constructor(address asset_) ERC20("Pool", "P") {
        asset = asset_;
    }

    function totalAssets() public view returns (uint256) {
        return IERC20(asset).balanceOf(address(this));
    }

    function previewDeposit(uint256 assets) public view returns (uint256) {
        return assets * (totalSupply() + 1) / (totalAssets() + 1);
    }

    function previewMint(uint256 shares) public view returns (uint256) {
        return (shares * (totalAssets() + 1) + totalSupply()) / (totalSupply() + 1);
    }

    function previewWithdraw(uint256 assets) public view returns (uint256) {
        return (assets * (totalSupply() + 1) + totalAssets()) / (totalAssets() + 1);
    }

    function previewRedeem(uint256 shares) public view returns (uint256) {
        return shares * (totalAssets() + 1) / (totalSupply() + 1);
    }

    function convertToShares(uint256 assets) external view returns (uint256) {
        return previewDeposit(assets);
    }

    function convertToAssets(uint256 shares) external view returns (uint256) {
        return previewRedeem(shares);
    }

    function deposit(uint256 assets, address receiver) external returns (uint256 shares) {
        shares = previewDeposit(assets);
        _put(assets, shares, receiver);
    }

    function mint(uint256 shares, address receiver) external returns (uint256 assets) {
        assets = previewMint(shares);
        _put(assets, shares, receiver);
    }

    function withdraw(uint256 assets, address receiver, address owner) external returns (uint256 shares) {
        shares = previewWithdraw(assets);
        _take(assets, shares, receiver, owner);
    }

    function redeem(uint256 shares, address receiver, address owner) external returns (uint256 assets) {
        assets = previewRedeem(shares);
        _take(assets, shares, receiver, owner);
    }

    function _put(uint256 assets, uint256 shares, address receiver) private {
        SafeERC20.safeTransferFrom(IERC20(asset), msg.sender, address(this), assets);
        _mint(receiver, shares);
        emit Deposit(msg.sender, receiver, assets, shares);
    }

    function _take(uint256 assets, uint256 shares, address receiver, address owner) private {
        if (msg.sender != owner) _spendAllowance(owner, msg.sender, shares);
        _burn(msg.sender, shares);
        SafeERC20.safeTransfer(IERC20(asset), receiver, assets);
        emit Withdraw(msg.sender, receiver, owner, assets, shares);
    }
}
