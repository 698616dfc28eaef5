// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.24;

/// @title Names that are looked up in a list
/// @custom:deploy ()
interface Search {
    function last() external view returns (uint256);

    /// @custom:ensures within: result <= list.length
    /// @custom:ensures found: result < list.length ==> list[result] == who
    /// @custom:succeeds never -- it may run out of gas
    function find(address[] calldata list, address who) external view returns (uint256);

    /// @custom:modifies last()
    /// @custom:ensures kept: last() <= list.length
    /// @custom:succeeds never -- it may run out of gas
    function note(address[] calldata list, address who) external;
}
