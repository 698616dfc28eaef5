// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
import {Odd} from "./Odd.spec.sol";
/// @title Never broken
/// @custom:deploy (address odd_)
/// @custom:environment odd is Odd
/// @custom:initially set: odd() == odd_
/// @custom:invariant whole: !broken()
interface X {
    function odd() external view returns (address);
    function broken() external view returns (bool);
    /// @custom:modifies nothing
    /// @custom:succeeds never -- the other contract may refuse
    function go() external;
}
