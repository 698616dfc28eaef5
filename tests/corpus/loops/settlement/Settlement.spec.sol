// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.24;

/// @title Claims that are settled up to a cap
/// @custom:deploy (uint256 cap_)
/// @custom:invariant capped: settled() <= cap() -- never more than the cap
/// @custom:transition sameCap: cap() == old(cap())
interface Settlement {
    function cap() external view returns (uint256);
    function settled() external view returns (uint256);

    /// @custom:modifies settled()
    /// @custom:ensures grows: settled() >= old(settled())
    /// @custom:succeeds never -- it may run out of gas
    function settle(uint256[] calldata claims) external;
}
