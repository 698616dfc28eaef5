// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @title  A wallet whose owner may spend only so much in one period of a day
/// @custom:deploy (address owner_, uint256 limit_)
/// @custom:initially terms: owner() == owner_ && limit() == limit_
/// @custom:initially unspent: spent() == 0 && periodStart() == block.timestamp
/// @custom:invariant started: periodStart() <= block.timestamp
/// @custom:transition sameOwner: owner() == old(owner())
interface Wallet {
    event Received(address indexed from, uint256 amount);
    event Paid(address indexed to, uint256 amount);
    event LimitChanged(uint256 from, uint256 to);

    error NotOwner();
    error BadPayee();
    error OverLimit();
    error NotEnough(uint256 available, uint256 asked);

    function owner() external view returns (address);
    function limit() external view returns (uint256);
    function spent() external view returns (uint256);
    function periodStart() external view returns (uint256);

    /// @notice Anybody may send ether.
    /// @custom:modifies nothing
    /// @custom:emits Received(msg.sender, msg.value)
    /// @custom:succeeds otherwise
    receive() external payable;

    /// @notice Pay out of the wallet; a payment a day or more after the period's start begins a new one.
    /// @custom:only owner() with NotOwner()
    /// @custom:reverts itself with BadPayee(): to == address(this) || to == address(0)
    /// @custom:reverts over with OverLimit(): (block.timestamp >= periodStart() + 1 days ? 0 : spent()) + amount > limit()
    /// @custom:reverts broke with NotEnough(balance(this), amount): balance(this) < amount
    /// @custom:ensures counted: spent() == (block.timestamp >= old(periodStart()) + 1 days ? 0 : old(spent())) + amount
    /// @custom:ensures period: periodStart() == (block.timestamp >= old(periodStart()) + 1 days ? block.timestamp : old(periodStart()))
    /// @custom:modifies spent(), periodStart()
    /// @custom:pays sent: to, amount
    /// @custom:emits Paid(to, amount)
    /// @custom:succeeds otherwise
    function pay(address to, uint256 amount) external;

    /// @custom:only owner() with NotOwner()
    /// @custom:ensures set: limit() == limit_
    /// @custom:modifies limit()
    /// @custom:emits LimitChanged(limit(), limit_)
    /// @custom:succeeds otherwise
    function setLimit(uint256 limit_) external;
}
