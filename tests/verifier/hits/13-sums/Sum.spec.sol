// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:initially none: sum(bal) == 0
interface Sum {
    function bal(address a) external view returns (uint256);
    /// @custom:modifies bal(*)
    /// @custom:ensures kept: sum(bal) == old(sum(bal))
    /// @custom:succeeds otherwise
    function mix(address a) external;
}
