// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:deploy ()
/// @custom:invariant acc: sum(bal) == total()
interface Box {
    function bal(address a) external view returns (uint256);
    function total() external view returns (uint256);
    function seen(uint256 k) external view returns (bool);
    /// @custom:reverts full: total() == type(uint256).max
    /// @custom:changes bal(msg.sender) by +1, total() by +1
    /// @custom:modifies seen(sum(bal))
    /// @custom:succeeds otherwise
    function add() external;
}
