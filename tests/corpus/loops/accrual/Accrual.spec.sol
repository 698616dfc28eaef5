// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.24;

/// @title A debt that grows by three for each period
/// @custom:deploy (uint256 debt_)
/// @custom:initially owed: debt() == debt_
interface Accrual {
    function debt() external view returns (uint256);
    function period() external view returns (uint256);

    /// @custom:changes grown: debt() by +3 * periods
    /// @custom:changes passed: period() by +periods
    /// @custom:reverts large: periods > 1000000
    /// @custom:succeeds never -- the debt may not fit
    function accrue(uint256 periods) external;
}
