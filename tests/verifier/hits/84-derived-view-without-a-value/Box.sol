// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

contract Box {
    uint256 public total;
    uint256 public shares;
    uint256 hidden;

    function price() external view returns (uint256) {
        return shares == 0 ? hidden : total / shares;
    }

    function poke(uint256 v) external {
        hidden = v;
    }
}
