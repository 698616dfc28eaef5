// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.24;
// expect: incomplete -- its loops have no bound
// PROVED by horn: find.found, find.within, note.kept
// PROVED by symbolic: everything else but what is open
// OPEN: note.frame(find) (symbolic reads no getter that takes an array)

contract Search {
    uint256 public last;

    function find(address[] calldata list, address who) external view returns (uint256) {
        for (uint256 i = 0; i < list.length; ++i) {
            if (list[i] == who) return i;
        }
        return list.length;
    }

    function note(address[] calldata list, address who) external {
        uint256 i = 0;
        while (i < list.length) {
            if (list[i] == who) break;
            i += 1;
        }
        last = i;
    }
}
