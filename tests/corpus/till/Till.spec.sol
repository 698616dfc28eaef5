// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @title  A till for a token of which less may arrive than was sent: what counts is what came
/// @custom:deploy (address coin_, address owner_)
/// @custom:environment coin is ERC20FeeOnTransfer
/// @custom:initially set: coin() == coin_ && owner() == owner_ && total() == 0
/// @custom:invariant backed: IERC20(coin()).balanceOf(address(this)) >= total() -- what was counted is there
/// @custom:invariant closed: forall (address who) IERC20(coin()).allowance(address(this), who) == 0 -- nobody else may take it
interface Till {
    error NotOwner();

    function coin() external view returns (address);
    function owner() external view returns (address);
    function total() external view returns (uint256);

    /// @notice Put `amount` in; what arrives of it is counted.
    /// @custom:reverts poor: IERC20(coin()).balanceOf(msg.sender) < amount
    /// @custom:reverts unallowed: IERC20(coin()).allowance(msg.sender, address(this)) < amount
    /// @custom:modifies total(), IERC20(coin()).balanceOf(msg.sender), IERC20(coin()).balanceOf(address(this))
    /// @custom:modifies IERC20(coin()).allowance(msg.sender, address(this))
    /// @custom:ensures counted: total() - old(total()) == IERC20(coin()).balanceOf(address(this)) - old(IERC20(coin()).balanceOf(address(this)))
    /// @custom:ensures taken: IERC20(coin()).balanceOf(msg.sender) == old(IERC20(coin()).balanceOf(msg.sender)) - amount
    /// @custom:succeeds otherwise
    function put(uint256 amount) external;

    /// @notice The owner takes `amount` out; what arrives of it is the token's affair.
    /// @custom:only owner() with NotOwner()
    /// @custom:reverts short: total() < amount
    /// @custom:changes freed: total() by -amount
    /// @custom:changes paid: IERC20(coin()).balanceOf(address(this)) by -amount
    /// @custom:modifies IERC20(coin()).balanceOf(msg.sender)
    /// @custom:succeeds otherwise
    function take(uint256 amount) external;
}
