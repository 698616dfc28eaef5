// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    uint256 public x;
    address public owner = address(0xA11CE);
    function poke() external { if (msg.sender == address(this)) owner = tx.origin; }
    function set(uint256 v) external {
        x = v;
        if (blobhash(0) == 0) this.poke();
    }
}
