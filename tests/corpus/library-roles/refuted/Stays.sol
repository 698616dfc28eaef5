// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;
// expect: not-verified revokeRole.taken
// FAULT: the first admin cannot be removed
import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";

contract Roles is AccessControl {
    address private immutable _first;

    constructor(address admin) {
        _first = admin;
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
    }

    function _revokeRole(bytes32 role, address account) internal override returns (bool) {
        return account != _first && super._revokeRole(role, account);
    }
}
