// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:deploy ()
/// @custom:initially none: score() == 0
/// @custom:invariant acc: sum(bal) == total()
interface Box {
    function bal(address a) external view returns (uint256);
    function total() external view returns (uint256);
    function score() external view returns (uint256);
    /// @custom:reverts full: total() == type(uint256).max
    /// @custom:changes bal(msg.sender) by +1, total() by +1
    /// @custom:succeeds otherwise
    function add() external;
    /// @custom:reverts full: score() > type(uint128).max
    /// @custom:reverts much: total() > type(uint128).max
    /// @custom:changes score() by +sum(bal), bal(msg.sender) by +0
    /// @custom:succeeds otherwise
    function count() external;
}
