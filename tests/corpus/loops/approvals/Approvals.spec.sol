// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.24;

/// @title Approvals that are given to many at once
/// @custom:deploy ()
interface Approvals {
    function approved(address holder, address who) external view returns (bool);

    /// @custom:modifies approved(*)
    /// @custom:ensures own: forall (address h, address w) h != msg.sender ==> approved(h, w) == old(approved(h, w)) -- only for oneself
    /// @custom:ensures kept: forall (address h, address w) old(approved(h, w)) ==> approved(h, w) -- nothing is taken back
    /// @custom:succeeds never -- it may run out of gas
    function approve(address[] calldata many) external;
}
