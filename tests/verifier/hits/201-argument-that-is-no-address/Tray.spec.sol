// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @title  A tray for tokens, which nobody can take from
/// @custom:deploy (address coin_)
/// @custom:environment coin is ERC20NoReturn
/// @custom:initially set: coin() == coin_
/// @custom:invariant closed: forall (address who) IERC20(coin()).allowance(address(this), who) == 0
interface Tray {
    function coin() external view returns (address);

    /// @notice Look; nothing happens.
    /// @custom:modifies nothing
    /// @custom:succeeds otherwise
    function look(uint256 amount) external;
}
