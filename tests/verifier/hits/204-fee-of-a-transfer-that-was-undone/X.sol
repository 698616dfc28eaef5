// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
interface IERC20 { function balanceOf(address) external view returns (uint256); function transferFrom(address, address, uint256) external returns (bool); }
contract X {
    address public immutable asset;
    bool public broken;
    constructor(address asset_) { asset = asset_; }
    function pull(address from, uint256 amount, uint256 least) external {
        require(msg.sender == address(this) || msg.sender == from);
        uint256 had = IERC20(asset).balanceOf(address(this));
        require(IERC20(asset).transferFrom(from, address(this), amount));
        require(IERC20(asset).balanceOf(address(this)) - had >= least);
    }
    function take(uint256 amount) external {
        try this.pull(msg.sender, amount, amount) {}
        catch {
            uint256 had = IERC20(asset).balanceOf(address(this));
            require(IERC20(asset).transferFrom(msg.sender, address(this), amount));
            if (IERC20(asset).balanceOf(address(this)) - had >= amount) broken = true;
        }
    }
}
