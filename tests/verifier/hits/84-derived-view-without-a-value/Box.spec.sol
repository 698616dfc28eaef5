// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @title A fund with a price for each share
/// @custom:deploy ()
/// @custom:initially empty: total() == 0 && shares() == 0
interface Box {
    function total() external view returns (uint256);
    function shares() external view returns (uint256);

    /// @custom:equals total() / shares()
    function price() external view returns (uint256);

    /// @custom:modifies nothing
    /// @custom:succeeds otherwise
    function poke(uint256 v) external;
}
