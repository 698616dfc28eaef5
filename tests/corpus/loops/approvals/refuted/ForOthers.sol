// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.24;
// expect: not-verified approve.own
// FAULT: the third approval is for somebody else

contract Approvals {
    mapping(address => mapping(address => bool)) public approved;

    function approve(address[] calldata many) external {
        for (uint256 i = 0; i < many.length; ++i) {
            approved[i == 2 ? many[0] : msg.sender][many[i]] = true;
        }
    }
}
