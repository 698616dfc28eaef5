// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.24;

/// @title A pool of points that is shared out among holders
/// @custom:deploy (uint256 pool_)
/// @custom:initially full: pool() == pool_ && shared() == 0
interface Dividends {
    function pool() external view returns (uint256);
    function shared() external view returns (uint256);
    function credit(address who) external view returns (uint256);

    /// @custom:modifies pool(), shared(), credit(*)
    /// @custom:ensures kept: pool() + shared() == old(pool()) + old(shared()) -- nothing is lost on the way
    /// @custom:ensures given: forall (address z) credit(z) >= old(credit(z))
    /// @custom:ensures each: pool() <= old(pool())
    /// @custom:succeeds never -- the pool may be too small
    function share(address[] calldata holders, uint256 part) external;
}
