// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// @title  One owner, who can hand over or give up
/// @custom:deploy (address initialOwner)
/// @custom:undeployable nobody: initialOwner == address(0)
/// @custom:initially owned: owner() == initialOwner
interface OwnableSpec {
    event OwnershipTransferred(address indexed previousOwner, address indexed newOwner);

    error OwnableUnauthorizedAccount(address account);
    error OwnableInvalidOwner(address owner);

    function owner() external view returns (address);

    /// @notice Make `newOwner` the owner.
    /// @custom:only owner() with OwnableUnauthorizedAccount(msg.sender)
    /// @custom:reverts nobody with OwnableInvalidOwner(newOwner): newOwner == address(0) -- giving up has a function of its own
    /// @custom:modifies owner()
    /// @custom:ensures handedOver: owner() == newOwner
    /// @custom:emits OwnershipTransferred(owner(), newOwner)
    /// @custom:succeeds otherwise
    function transferOwnership(address newOwner) external;

    /// @notice Leave the contract without an owner, for ever.
    /// @custom:only owner() with OwnableUnauthorizedAccount(msg.sender)
    /// @custom:modifies owner()
    /// @custom:ensures givenUp: owner() == address(0)
    /// @custom:emits OwnershipTransferred(owner(), address(0))
    /// @custom:succeeds otherwise
    function renounceOwnership() external;
}
