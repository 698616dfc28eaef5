// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;
// expect: not-verified grantRole.frame(hasRole)
// FAULT: whoever gets the role 1 gets the role 0, too
import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";

contract Roles is AccessControl {
    constructor(address admin) {
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
    }

    function grantRole(bytes32 role, address account) public override {
        super.grantRole(role, account);
        if (role == bytes32(uint256(1))) _grantRole(DEFAULT_ADMIN_ROLE, account);
    }
}
