// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.24;
// expect: verified
// PROVED by horn: constructor.full, share.each, share.given, share.kept
// PROVED by symbolic: everything else

contract Dividends {
    uint256 public pool;
    uint256 public shared;
    mapping(address => uint256) public credit;

    constructor(uint256 pool_) {
        pool = pool_;
    }

    function share(address[] calldata holders, uint256 part) external {
        for (uint256 i = 0; i < holders.length; ++i) {
            pool -= part;
            shared += part;
            credit[holders[i]] += part;
        }
    }
}
