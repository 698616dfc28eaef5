// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;
import {AccessControlSpec} from "solwright/AccessControl.spec.sol";

/// @title  Something with roles
/// @custom:deploy (address admin)
/// @custom:modifies hasRole(bytes32(0), admin)
/// @custom:initially begun: hasRole(bytes32(0), admin)
/// @custom:invariant oneAdmin: forall (bytes32 role) getRoleAdmin(role) == bytes32(0) -- who has the role 0 gives and takes all roles
interface Roles is AccessControlSpec {}
