// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.24;

/// @title Scores that are cleared in bulk
/// @custom:deploy ()
interface Board {
    function score(uint256 id) external view returns (uint256);
    function best() external view returns (uint256);

    /// @custom:modifies score(*), best()
    /// @custom:ensures raised: best() >= old(best())
    /// @custom:succeeds never -- it may run out of gas
    function submit(uint256[] calldata ids, uint256[] calldata points) external;

    /// @custom:modifies score(*)
    /// @custom:ensures cleared: forall (uint256 k) score(k) == old(score(k)) || score(k) == 0
    /// @custom:succeeds never -- it may run out of gas
    function clear(uint256[] calldata ids) external;
}
