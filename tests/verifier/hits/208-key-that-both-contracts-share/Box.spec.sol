// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
import {Lamp} from "./Lamp.spec.sol";
/// @title  A box beside a board of lamps, which it leaves alone
/// @custom:deploy (address lamp_)
/// @custom:environment lamp is Lamp
/// @custom:initially set: lamp() == lamp_
interface Box {
    enum Kind { A, B }
    function lamp() external view returns (address);
    function level(Kind k) external view returns (uint256);
    /// @custom:modifies level(Kind.A)
    /// @custom:ensures set: level(Kind.A) == v
    /// @custom:succeeds otherwise
    function poke(uint256 v) external;
}
