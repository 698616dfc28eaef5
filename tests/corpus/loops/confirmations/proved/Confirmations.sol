// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.24;
// expect: verified
// PROVED by horn: confirm.frame(confirmed), confirm.frame(owners), confirm.noted, confirm.unknown, confirmations.atMost, join.frame(confirmed), join.joined
// PROVED by symbolic: everything else

contract Confirmations {
    uint256 public owners;
    mapping(uint256 => mapping(uint256 => bool)) public confirmed;

    function confirmations(uint256 id) external view returns (uint256) {
        uint256 n = 0;
        for (uint256 i = 0; i < owners; ++i) {
            if (confirmed[id][i]) n += 1;
        }
        return n;
    }

    function join() external {
        owners += 1;
    }

    function confirm(uint256 id, uint256 owner) external {
        require(owner < owners);
        confirmed[id][owner] = true;
    }
}
