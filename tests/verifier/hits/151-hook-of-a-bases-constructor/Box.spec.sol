// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.24;
/// @title box
/// @custom:deploy ()
/// @custom:initially zero: a() >= 0
interface Box {
    function a() external view returns (uint256);
    function b() external view returns (uint256);

    /// @custom:modifies a(), b()
    /// @custom:ensures wrong: b() == 0
    /// @custom:succeeds never -- whatever
    function f() external;
}
