// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
pragma abicoder v1;
contract Small {
    uint256 public x; address public owner = address(0xA11CE);
    function set(uint8 v) external { uint256 raw; assembly { raw := v } if (raw > 255) owner = msg.sender; x = v; }
}
