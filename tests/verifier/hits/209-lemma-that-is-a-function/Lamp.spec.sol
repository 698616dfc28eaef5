// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @title  A lamp: two squares together are no 4n + 3, so nobody can ever call lemma
interface Lamp {
    /// @custom:succeeds otherwise
    function a() external view returns (uint64);
    /// @custom:succeeds otherwise
    function b() external view returns (uint64);
    /// @custom:succeeds otherwise
    function c() external view returns (uint128);
    /// @custom:modifies a(), b(), c()
    /// @custom:ensures odd: uint256(a()) * uint256(a()) + uint256(b()) * uint256(b()) == 4 * uint256(c()) + 3
    /// @custom:succeeds never -- it may refuse
    function lemma() external;
}
