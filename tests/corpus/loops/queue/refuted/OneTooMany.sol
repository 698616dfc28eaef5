// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.24;
// expect: not-verified prune.short
// FAULT: one item too many stays

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
        while (items.length > most && items.length - most > 1) {
            items.pop();
            pruned += 1;
        }
    }
}
