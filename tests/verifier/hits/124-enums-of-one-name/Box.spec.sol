// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
import "./Other.spec.sol";
/// @custom:deploy ()
/// @custom:invariant none: forall (State a, Other.State b) seen(a, b) == 0
interface Box {
    enum State { A, B, C }
    function seen(State a, Other.State b) external view returns (uint256);
    /// @custom:modifies seen(a, b)
    /// @custom:succeeds otherwise
    function set(State a, Other.State b) external;
}
