// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:initially empty: owner() == address(0xA11CE)
/// @custom:invariant ranked: forall (uint8 i) rank(i) <= 100
interface Rank {
    function rank(uint8 i) external view returns (uint256);
    function owner() external view returns (address);
    /// @custom:modifies nothing
    /// @custom:succeeds otherwise
    function poke(uint256 n) external;
}
