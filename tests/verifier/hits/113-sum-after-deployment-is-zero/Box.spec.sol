// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:deploy (uint256 v)
/// @custom:modifies bal(msg.sender)
/// @custom:initially none: sum(bal) == 0
/// @custom:invariant acc: sum(bal) == total()
interface Box {
    function bal(address a) external view returns (uint256);
    function total() external view returns (uint256);
    /// @custom:changes bal(msg.sender) by +1, total() by +1
    /// @custom:reverts full: total() == type(uint256).max
    /// @custom:succeeds otherwise
    function add() external;
}
