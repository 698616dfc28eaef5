// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.24;
// expect: verified
// PROVED by horn: clear.cleared, clear.frame(best), submit.raised
// PROVED by symbolic: everything else

contract Board {
    mapping(uint256 => uint256) public score;
    uint256 public best;

    function submit(uint256[] calldata ids, uint256[] calldata points) external {
        require(ids.length == points.length);
        for (uint256 i = 0; i < ids.length; ++i) {
            score[ids[i]] = points[i];
            if (points[i] > best) best = points[i];
        }
    }

    function clear(uint256[] calldata ids) external {
        for (uint256 i = 0; i < ids.length; ++i) {
            score[ids[i]] = 0;
        }
    }
}
