// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @title  Bids with ether behind them: one for each bidder; the seller takes what bids he likes, the others go back in time
/// @custom:deploy (address seller_)
/// @custom:initially terms: seller() == seller_
/// @custom:initially nothing: forall (address who) bidOf(who).amount == 0 && bidOf(who).until == 0
/// @custom:invariant solvent: balance(this) >= sum(lockedBy)
/// @custom:invariant behind: forall (address who) lockedBy(who) == bidOf(who).amount -- behind each bid stands its ether
/// @custom:transition sameSeller: seller() == old(seller())
interface Bids {
    struct Bid {
        uint128 amount;
        uint64 until;
    }

    event Placed(address indexed who, uint256 amount, uint64 until);
    event Withdrawn(address indexed who, uint256 amount);
    event Accepted(address indexed who, uint256 amount);

    error NoEther();
    error AlreadyOpen();
    error Past();
    error NoBid();
    error TooEarly();
    error NotSeller();
    error Lapsed();

    function seller() external view returns (address);
    function bidOf(address who) external view returns (Bid memory);
    function lockedBy(address who) external view returns (uint256);

    /// @notice Place a bid that stands until a time.
    /// @custom:reverts noEther with NoEther(): msg.value == 0
    /// @custom:reverts open with AlreadyOpen(): bidOf(msg.sender).amount != 0
    /// @custom:reverts past with Past(): until <= block.timestamp
    /// @custom:ensures placed: bidOf(msg.sender).amount == msg.value && bidOf(msg.sender).until == until
    /// @custom:modifies bidOf(msg.sender)
    /// @custom:changes backed: lockedBy(msg.sender) by +msg.value
    /// @custom:emits Placed(msg.sender, msg.value, until)
    /// @custom:succeeds otherwise
    function place(uint64 until) external payable;

    /// @notice Take one's bid back once its time is over.
    /// @custom:reverts none with NoBid(): bidOf(msg.sender).amount == 0
    /// @custom:reverts early with TooEarly(): block.timestamp < bidOf(msg.sender).until
    /// @custom:ensures gone: bidOf(msg.sender).amount == 0 && bidOf(msg.sender).until == 0
    /// @custom:modifies bidOf(msg.sender)
    /// @custom:changes freed: lockedBy(msg.sender) by -lockedBy(msg.sender)
    /// @custom:pays back: msg.sender, lockedBy(msg.sender)
    /// @custom:emits Withdrawn(msg.sender, lockedBy(msg.sender))
    /// @custom:succeeds otherwise
    function withdraw() external;

    /// @notice The seller takes a bid before its time is over.
    /// @custom:only seller() with NotSeller()
    /// @custom:reverts none with NoBid(): bidOf(who).amount == 0
    /// @custom:reverts lapsed with Lapsed(): block.timestamp >= bidOf(who).until
    /// @custom:ensures gone: bidOf(who).amount == 0 && bidOf(who).until == 0
    /// @custom:modifies bidOf(who)
    /// @custom:changes freed: lockedBy(who) by -lockedBy(who)
    /// @custom:pays price: seller(), lockedBy(who)
    /// @custom:emits Accepted(who, lockedBy(who))
    /// @custom:succeeds otherwise
    function accept(address who) external;
}
