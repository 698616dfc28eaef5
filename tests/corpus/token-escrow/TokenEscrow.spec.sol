// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @title  Tokens that lie with the contract until the arbiter sends them on or back
/// @custom:deploy (address asset_, address arbiter_)
/// @custom:environment asset is ERC20
/// @custom:initially set: asset() == asset_ && arbiter() == arbiter_ && total() == 0
/// @custom:invariant accounted: sum(heldFor) == total()
/// @custom:invariant backed: IERC20(asset()).balanceOf(address(this)) >= total() -- what is held is there
/// @custom:invariant closed: forall (address who) IERC20(asset()).allowance(address(this), who) == 0 -- nobody may take it
interface TokenEscrow {
    event Deposited(address indexed who, uint256 amount);
    event Released(address indexed who, address indexed to, uint256 amount);
    error NotArbiter();
    error Short(uint256 held, uint256 asked);

    function asset() external view returns (address);
    function arbiter() external view returns (address);
    function total() external view returns (uint256);
    function heldFor(address who) external view returns (uint256);

    /// @notice Leave `amount` tokens, which the caller has allowed the contract to take.
    /// @custom:reverts poor: IERC20(asset()).balanceOf(msg.sender) < amount
    /// @custom:reverts unallowed: IERC20(asset()).allowance(msg.sender, address(this)) < amount
    /// @custom:changes held: heldFor(msg.sender) by +amount, total() by +amount
    /// @custom:changes taken: IERC20(asset()).balanceOf(msg.sender) by -amount, IERC20(asset()).balanceOf(address(this)) by +amount
    /// @custom:modifies IERC20(asset()).allowance(msg.sender, address(this))
    /// @custom:emits Deposited(msg.sender, amount)
    /// @custom:succeeds otherwise
    function deposit(uint256 amount) external;

    /// @notice The arbiter sends what is held for `who` to `to`: the other party, or `who`.
    /// @custom:only arbiter() with NotArbiter()
    /// @custom:reverts short with Short(heldFor(who), amount): heldFor(who) < amount
    /// @custom:reverts nobody: to == address(0)
    /// @custom:changes freed: heldFor(who) by -amount, total() by -amount
    /// @custom:changes paid: IERC20(asset()).balanceOf(address(this)) by -amount, IERC20(asset()).balanceOf(to) by +amount
    /// @custom:reverts itself: to == address(this)
    /// @custom:emits Released(who, to, amount)
    /// @custom:succeeds otherwise
    function release(address who, address to, uint256 amount) external;
}
