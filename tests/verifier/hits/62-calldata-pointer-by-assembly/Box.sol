// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    uint256 public x;
    address public owner = address(0xA11CE);
    function raw() internal pure returns (bytes calldata c) {
        assembly { c.offset := 200 c.length := 32 }
    }
    function set(uint256 v) external {
        if (bytes32(raw()) != 0) owner = msg.sender;
        x = v;
    }
}
