// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:deploy ()
interface Box {
    enum State { Closed, Open }
    struct Info { State state; uint256 level; }
    function x() external view returns (uint256);
    function info() external view returns (Info memory);
    /// @custom:modifies x()
    /// @custom:ensures stored: x() == v
    /// @custom:succeeds otherwise
    function set(uint256 v) external;
}
