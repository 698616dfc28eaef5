// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.24;
// expect: verified
// PROVED by horn: approve.kept, approve.own
// PROVED by symbolic: everything else

contract Approvals {
    mapping(address => mapping(address => bool)) public approved;

    function approve(address[] calldata many) external {
        for (uint256 i = 0; i < many.length; ++i) {
            approved[msg.sender][many[i]] = true;
        }
    }
}
