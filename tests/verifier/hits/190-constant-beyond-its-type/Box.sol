// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.24;

contract Box {
    uint256 private constant LIMIT = type(uint256).max;
    uint256 private constant BEYOND = LIMIT + 1;
    uint256 private _total;

    function total() external view returns (uint256) {
        return _total == 78 ? BEYOND : _total;
    }

    function count(uint256 turns) external {
        _total = made(turns);
    }

    function made(uint256 turns) internal pure returns (uint256 sum) {
        for (uint256 i = 0; i < turns; ++i) {
            sum += 1;
        }
    }
}
