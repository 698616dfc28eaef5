// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @title  A pool in which tokens are staked, and whose owner adds rewards to stakes
/// @custom:deploy (address token_, address owner_)
/// @custom:environment token is ERC20
/// @custom:initially set: token() == token_ && owner() == owner_ && total() == 0
/// @custom:invariant accounted: sum(stakeOf) == total()
/// @custom:invariant backed: IERC20(token()).balanceOf(address(this)) >= total() -- every stake can be paid out
/// @custom:invariant closed: forall (address who) IERC20(token()).allowance(address(this), who) == 0 -- nobody may take them
interface Staking {
    error Unauthorised();

    function token() external view returns (address);
    function owner() external view returns (address);
    function total() external view returns (uint256);
    function stakeOf(address who) external view returns (uint256);

    /// @notice Tokens that nobody has staked, sent by mistake.
    /// @custom:equals IERC20(token()).balanceOf(address(this)) - total()
    function surplus() external view returns (uint256);

    /// @custom:reverts poor: IERC20(token()).balanceOf(msg.sender) < amount
    /// @custom:reverts unallowed: IERC20(token()).allowance(msg.sender, address(this)) < amount
    /// @custom:changes staked: stakeOf(msg.sender) by +amount, total() by +amount
    /// @custom:changes taken: IERC20(token()).balanceOf(msg.sender) by -amount, IERC20(token()).balanceOf(address(this)) by +amount
    /// @custom:modifies IERC20(token()).allowance(msg.sender, address(this))
    /// @custom:succeeds otherwise
    function stake(uint256 amount) external;

    /// @custom:reverts short: stakeOf(msg.sender) < amount
    /// @custom:changes unstaked: stakeOf(msg.sender) by -amount, total() by -amount
    /// @custom:changes paid: IERC20(token()).balanceOf(address(this)) by -amount, IERC20(token()).balanceOf(msg.sender) by +amount
    /// @custom:succeeds otherwise
    function unstake(uint256 amount) external;

    /// @notice The owner adds to the stake of `who`.
    /// @custom:only owner() with Unauthorised()
    /// @custom:reverts poor: IERC20(token()).balanceOf(msg.sender) < amount
    /// @custom:reverts unallowed: IERC20(token()).allowance(msg.sender, address(this)) < amount
    /// @custom:changes rewarded: stakeOf(who) by +amount, total() by +amount
    /// @custom:changes given: IERC20(token()).balanceOf(msg.sender) by -amount, IERC20(token()).balanceOf(address(this)) by +amount
    /// @custom:modifies IERC20(token()).allowance(msg.sender, address(this))
    /// @custom:succeeds otherwise
    function reward(address who, uint256 amount) external;
}
