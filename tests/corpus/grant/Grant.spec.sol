// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @title Shares that two founders get at deployment, and hand on
/// @custom:deploy (address a, address b, uint256 each)
/// @custom:deployable small: each < 2 ** 100
/// @custom:undeployable large: each >= 2 ** 100
/// @custom:modifies sharesOf(a), sharesOf(b)
/// @custom:initially granted: sum(sharesOf) == 2 * each
/// @custom:initially own: sharesOf(a) >= each && sharesOf(b) >= each -- nobody gets the share of the other
/// @custom:invariant kept: sum(sharesOf) == issued()
/// @custom:transition fixed: issued() == old(issued())
interface Grant {
    function issued() external view returns (uint256);
    function sharesOf(address who) external view returns (uint256);

    /// @custom:reverts short: sharesOf(msg.sender) < amount
    /// @custom:changes moved: sharesOf(msg.sender) by -amount, sharesOf(to) by +amount
    /// @custom:succeeds otherwise
    function give(address to, uint256 amount) external;
}
