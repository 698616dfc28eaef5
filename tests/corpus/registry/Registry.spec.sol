// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @title  A registry of names: taken for a year, passed on, released
/// @custom:deploy ()
/// @custom:initially none: forall (bytes32 name) ownerOf(name) == address(0) && expiresAt(name) == 0
/// @custom:initially fresh: registrations() == 0
/// @custom:invariant nameless: ownerOf(bytes32(0)) == address(0)
/// @custom:invariant dated: forall (bytes32 name) ownerOf(name) == address(0) <==> expiresAt(name) == 0 -- whoever has a name has it until some time
/// @custom:transition counting: registrations() >= old(registrations())
interface Registry {
    event Registered(bytes32 indexed name, address indexed owner, uint256 expiry);
    event Passed(bytes32 indexed name, address indexed from, address indexed to);
    event Released(bytes32 indexed name, address indexed owner);

    error NoName();
    error Taken(address owner);
    error NotOwner();
    error Expired(uint256 expiry);
    error NoReceiver();

    function registrations() external view returns (uint256);
    function ownerOf(bytes32 name) external view returns (address);
    function expiresAt(bytes32 name) external view returns (uint256);

    /// @custom:equals block.timestamp >= expiresAt(name)
    function available(bytes32 name) external view returns (bool);

    /// @notice Take a free or expired name for a year.
    /// @custom:reverts unnamed with NoName(): name == bytes32(0)
    /// @custom:reverts taken with Taken(ownerOf(name)): block.timestamp < expiresAt(name)
    /// @custom:reverts full: registrations() == type(uint256).max
    /// @custom:ensures owned: ownerOf(name) == msg.sender
    /// @custom:ensures leased: expiresAt(name) == block.timestamp + 365 days
    /// @custom:modifies ownerOf(name), expiresAt(name)
    /// @custom:changes counted: registrations() by +1
    /// @custom:emits Registered(name, msg.sender, block.timestamp + 365 days)
    /// @custom:succeeds otherwise
    function register(bytes32 name) external;

    /// @notice Hand a name over; its time runs on.
    /// @custom:only ownerOf(name) with NotOwner()
    /// @custom:reverts expired with Expired(expiresAt(name)): block.timestamp >= expiresAt(name)
    /// @custom:reverts nobody with NoReceiver(): to == address(0)
    /// @custom:ensures passed: ownerOf(name) == to
    /// @custom:modifies ownerOf(name)
    /// @custom:emits Passed(name, msg.sender, to)
    /// @custom:succeeds otherwise
    function pass(bytes32 name, address to) external;

    /// @notice Give a name up, expired or not.
    /// @custom:only ownerOf(name) with NotOwner()
    /// @custom:ensures freed: ownerOf(name) == address(0) && expiresAt(name) == 0
    /// @custom:modifies ownerOf(name), expiresAt(name)
    /// @custom:emits Released(name, msg.sender)
    /// @custom:succeeds otherwise
    function release(bytes32 name) external;
}
