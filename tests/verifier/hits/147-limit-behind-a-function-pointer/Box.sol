// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    uint256 public x;
    address public owner = address(0xA11CE);
    function() internal fp;
    function evil() internal { if (msg.data.length > 100) owner = msg.sender; }
    function arm() external { fp = evil; }
    function set(uint256 v) external { x = v; fp(); }
}
