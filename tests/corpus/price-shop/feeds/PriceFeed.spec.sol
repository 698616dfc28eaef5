// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @title  A price that a reporter sets now and then
/// @custom:invariant positive: defined(price()) ==> price() > 0
interface PriceFeed {
    /// @notice It may be silent: then it reverts.
    function price() external view returns (uint256);

    /// @custom:succeeds otherwise
    function updatedAt() external view returns (uint256);

    /// @custom:succeeds otherwise
    function reporter() external view returns (address);

    /// @custom:only reporter()
    /// @custom:reverts nothing: value == 0
    /// @custom:modifies price(), updatedAt()
    /// @custom:ensures set: price() == value && updatedAt() == block.timestamp
    /// @custom:succeeds otherwise
    function report(uint256 value) external;

    /// @custom:only reporter()
    /// @custom:modifies price()
    /// @custom:ensures silent: !defined(price())
    /// @custom:succeeds otherwise
    function fallSilent() external;
}
