// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.24;
// expect: incomplete -- its loops have no bound
// PROVED by horn: nothing
// PROVED by symbolic: everything else
// OPEN: sort.all: three terms on one side may not fit a word together, which is stated as if it were false

contract Steps {
    uint256 public small;
    uint256 public large;

    function sort(uint256[] calldata sizes, uint256 limit) external {
        for (uint256 i = 0; i < sizes.length; ++i) {
            if (sizes[i] < limit) {
                small += 1;
            } else if (sizes[i] == limit) {
                large += 1;
            } else {
                large += 1;
            }
        }
    }
}
