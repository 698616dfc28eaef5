// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {PriceFeed} from "./feeds/PriceFeed.spec.sol";

/// @title  A shop that sells its goods, one to each, at the price that a feed tells
/// @custom:deploy (address feed_, uint256 stock_)
/// @custom:environment feed is PriceFeed
/// @custom:initially set: feed() == feed_ && stock() == stock_
/// @custom:initially nobody: forall (address who) !served(who)
interface Shop {
    function feed() external view returns (address);
    function stock() external view returns (uint256);
    function served(address who) external view returns (bool);

    /// @notice Buy one at the price of this moment, if that is fresh.
    /// @custom:reverts silent: !defined(PriceFeed(feed()).price())
    /// @custom:reverts stale: PriceFeed(feed()).updatedAt() + 1 hours < block.timestamp
    /// @custom:reverts early: PriceFeed(feed()).updatedAt() > block.timestamp
    /// @custom:reverts wrong: msg.value != PriceFeed(feed()).price()
    /// @custom:reverts empty: stock() == 0
    /// @custom:reverts again: served(msg.sender)
    /// @custom:changes sold: stock() by -1
    /// @custom:modifies served(msg.sender)
    /// @custom:ensures given: served(msg.sender)
    /// @custom:ensures paid: msg.value > 0 -- the feed promises a price that is not zero
    /// @custom:succeeds otherwise
    function buy() external payable;
}
