// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.24;

/// @title A list that is pruned from its end
/// @custom:deploy ()
/// @custom:initially empty: length() == 0
interface Queue {
    function length() external view returns (uint256);
    function pruned() external view returns (uint256);

    /// @custom:changes longer: length() by +1
    /// @custom:succeeds never -- a counter
    function push(uint256 item) external;

    /// @custom:modifies length(), pruned()
    /// @custom:ensures short: length() <= most
    /// @custom:ensures never: length() <= old(length())
    /// @custom:ensures kept: old(length()) <= most ==> length() == old(length())
    /// @custom:ensures counted: pruned() + length() == old(pruned()) + old(length())
    /// @custom:succeeds never -- it may run out of gas
    function prune(uint256 most) external;
}
