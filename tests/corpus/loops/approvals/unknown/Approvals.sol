// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.24;
// expect: incomplete -- its loops have no bound
// PROVED by horn: approve.kept, approve.own
// PROVED by symbolic: approve.reachable, constructor.nonpayable, constructor.reachable, ether, selector
// OPEN (time, or terms that do not fit a word): nothing that horn is asked

contract Approvals {
    mapping(address => mapping(address => bool)) public approved;

    function approve(address[] calldata many) external {
        for (uint256 i = 0; i < many.length; ++i) {
            approved[msg.sender][many[i]] = true;
        }
    }
}
