// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.24;

/// @title Proposals that owners confirm, counted by a loop
/// @custom:deploy ()
interface Confirmations {
    function owners() external view returns (uint256);
    function confirmed(uint256 id, uint256 owner) external view returns (bool);

    /// @custom:ensures atMost: result <= owners()
    /// @custom:succeeds never -- it may run out of gas
    function confirmations(uint256 id) external view returns (uint256);

    /// @custom:changes joined: owners() by +1
    /// @custom:modifies confirmations(*)
    /// @custom:succeeds never -- a counter
    function join() external;

    /// @custom:reverts unknown: owner >= owners()
    /// @custom:modifies confirmed(id, owner), confirmations(*)
    /// @custom:ensures noted: confirmed(id, owner)
    /// @custom:succeeds never -- only owners that exist confirm
    function confirm(uint256 id, uint256 owner) external;
}
