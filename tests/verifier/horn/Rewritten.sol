// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.24;

error TooMany(uint256 asked);

abstract contract Base {
    uint256 public kept;

    modifier atMost(uint256 external_) {
        require(external_ <= 5, TooMany(external_));
        _;
    }

    function take(uint256 n) external virtual returns (uint256);
}

/// A contract in which every rewriting has something to do.
contract Rewritten is Base {
    mapping(address => uint256) public taken;

    function take(uint256 n) /* external */ external override atMost(n) returns (uint256 external_) { // external
        if (n == 4) revert TooMany({asked: n});
        external_ = _take(n);
        assert(external_ != 77);
    }

    function give(uint256 n, address to)
        external
        returns (bool)
    {
        if (taken[msg.sender] < n) revert("external");
        taken[msg.sender] -= n;
        taken[to] += n;
        return true;
    }

    function _take(uint256 n) private returns (uint256) {
        kept += n;
        taken[msg.sender] += n;
        return kept;
    }
}
