// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.24;
// expect: incomplete -- its loops have no bound
// PROVED by horn: constructor.empty, prune.kept, prune.never, prune.short, push.frame(pruned), push.longer
// PROVED by symbolic: everything else
// OPEN: prune.counted: z3 needs about as long as it may for the invariant that ties two counters together, and does not find it every time

contract Queue {
    uint256[] private items;
    uint256 public pruned;

    function length() external view returns (uint256) {
        return items.length;
    }

    function push(uint256 item) external {
        items.push(item);
    }

    function prune(uint256 most) external {
        while (items.length > most) {
            items.pop();
            pruned += 1;
        }
    }
}
