// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// @title  Roles: who has one may do what it stands for; who has a role's admin role gives and takes it
interface AccessControlSpec {
    event RoleAdminChanged(bytes32 indexed role, bytes32 indexed previousAdminRole, bytes32 indexed newAdminRole);
    event RoleGranted(bytes32 indexed role, address indexed account, address indexed sender);
    event RoleRevoked(bytes32 indexed role, address indexed account, address indexed sender);

    error AccessControlUnauthorizedAccount(address account, bytes32 neededRole);
    error AccessControlBadConfirmation();

    function hasRole(bytes32 role, address account) external view returns (bool);
    function getRoleAdmin(bytes32 role) external view returns (bytes32);

    /// @notice Give a role.
    /// @custom:only hasRole(getRoleAdmin(role), msg.sender) with AccessControlUnauthorizedAccount(msg.sender, getRoleAdmin(role))
    /// @custom:modifies hasRole(role, account)
    /// @custom:ensures given: hasRole(role, account)
    /// @custom:emits RoleGranted(role, account, msg.sender) when !hasRole(role, account)
    /// @custom:succeeds otherwise
    function grantRole(bytes32 role, address account) external;

    /// @notice Take a role.
    /// @custom:only hasRole(getRoleAdmin(role), msg.sender) with AccessControlUnauthorizedAccount(msg.sender, getRoleAdmin(role))
    /// @custom:modifies hasRole(role, account)
    /// @custom:ensures taken: !hasRole(role, account)
    /// @custom:emits RoleRevoked(role, account, msg.sender) when hasRole(role, account)
    /// @custom:succeeds otherwise
    function revokeRole(bytes32 role, address account) external;

    /// @notice Give up a role of one's own; `callerConfirmation` is the caller's own address.
    /// @custom:reverts unconfirmed with AccessControlBadConfirmation(): callerConfirmation != msg.sender
    /// @custom:modifies hasRole(role, msg.sender)
    /// @custom:ensures givenUp: !hasRole(role, msg.sender)
    /// @custom:emits RoleRevoked(role, msg.sender, msg.sender) when hasRole(role, msg.sender)
    /// @custom:succeeds otherwise
    function renounceRole(bytes32 role, address callerConfirmation) external;
}
