// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.24;

contract Box {
    uint256 private _total;

    function held(uint8) external view returns (uint256) {
        return _total;
    }

    function held(uint256) internal pure returns (uint256) {
        return 0;
    }

    function count(uint256 turns) external {
        _total = made(turns) == 78 ? 1 : 0;
    }

    function made(uint256 turns) internal pure returns (uint256 sum) {
        for (uint256 i = 0; i < turns; ++i) {
            sum += 1;
        }
    }
}
