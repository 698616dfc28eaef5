// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:initially crowned: king() == address(0xA11CE)
interface Deed {
    function ownerOf(uint256 id) external view returns (address);
    function king() external view returns (address);
    /// @custom:only ownerOf(id), king()
    /// @custom:modifies ownerOf(id)
    /// @custom:ensures given: ownerOf(id) == to
    /// @custom:succeeds never -- whatever
    function take(uint256 id, address to) external;
}
