// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @title  Tokens of which less may arrive than was sent: what is owed is what came
/// @custom:deploy (address asset_)
/// @custom:environment asset is ERC20FeeOnTransfer
/// @custom:initially set: asset() == asset_ && total() == 0
/// @custom:invariant accounted: sum(heldFor) == total()
/// @custom:invariant backed: IERC20(asset()).balanceOf(address(this)) >= total() -- what is owed is there
/// @custom:invariant closed: forall (address who) IERC20(asset()).allowance(address(this), who) == 0 -- nobody may take it
interface FeeEscrow {
    function asset() external view returns (address);
    function total() external view returns (uint256);
    function heldFor(address who) external view returns (uint256);

    /// @notice Leave `amount` tokens; what arrives of them is owed to the caller.
    /// @custom:reverts poor: IERC20(asset()).balanceOf(msg.sender) < amount
    /// @custom:reverts unallowed: IERC20(asset()).allowance(msg.sender, address(this)) < amount
    /// @custom:modifies heldFor(msg.sender), total()
    /// @custom:ensures held: heldFor(msg.sender) - old(heldFor(msg.sender)) == IERC20(asset()).balanceOf(address(this)) - old(IERC20(asset()).balanceOf(address(this)))
    /// @custom:ensures counted: total() - old(total()) == IERC20(asset()).balanceOf(address(this)) - old(IERC20(asset()).balanceOf(address(this)))
    /// @custom:modifies IERC20(asset()).balanceOf(msg.sender), IERC20(asset()).balanceOf(address(this)), IERC20(asset()).allowance(msg.sender, address(this))
    /// @custom:ensures taken: IERC20(asset()).balanceOf(msg.sender) == old(IERC20(asset()).balanceOf(msg.sender)) - amount
    /// @custom:succeeds otherwise
    function deposit(uint256 amount) external;

    /// @notice Take `amount` tokens out; what arrives of them is the token's affair.
    /// @custom:reverts short: heldFor(msg.sender) < amount
    /// @custom:reverts nobody: to == address(0)
    /// @custom:reverts itself: to == address(this)
    /// @custom:changes freed: heldFor(msg.sender) by -amount, total() by -amount
    /// @custom:changes paid: IERC20(asset()).balanceOf(address(this)) by -amount
    /// @custom:modifies IERC20(asset()).balanceOf(to)
    /// @custom:ensures received: IERC20(asset()).balanceOf(to) >= old(IERC20(asset()).balanceOf(to))
    /// @custom:succeeds otherwise
    function withdraw(uint256 amount, address to) external;
}
