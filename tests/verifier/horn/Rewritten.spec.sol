// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.24;

/// @title A counter that is taken from
/// @custom:deploy ()
interface Rewritten {
    function kept() external view returns (uint256);
    function taken(address who) external view returns (uint256);

    /// @custom:changes more: kept() by +n, taken(msg.sender) by +n
    /// @custom:succeeds never -- some numbers are refused
    function take(uint256 n) external returns (uint256);

    /// @custom:changes moved: taken(msg.sender) by -n, taken(to) by +n
    /// @custom:succeeds never -- some have too little
    function give(uint256 n, address to) external returns (bool);
}
