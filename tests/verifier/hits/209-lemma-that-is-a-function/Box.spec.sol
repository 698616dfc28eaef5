// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
import {Lamp} from "./Lamp.spec.sol";
/// @title  A box beside a lamp
/// @custom:deploy (address lamp_)
/// @custom:environment lamp is Lamp
/// @custom:initially set: lamp() == lamp_
interface Box {
    function lamp() external view returns (address);
    function x() external view returns (uint256);
    /// @custom:modifies x()
    /// @custom:ensures stored: x() == v
    /// @custom:succeeds otherwise
    function set(uint256 v) external;
}
