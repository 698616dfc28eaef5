// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;
// expect: verified
// OpenZeppelin's implementation as it is
import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";

contract Roles is AccessControl {
    constructor(address admin) {
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
    }
}
