// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    enum E { A, B }
    struct Big { uint256[2**200] a; }
    E e;
    uint256 public x;
    address public owner = address(0xA11CE);
    function big() internal pure returns (Big storage b) {
        assembly { b.slot := 0xffffffffffffffffffffffffffffffffffffffffffffffff0000000000000000 }
    }
    function set(uint256 v) external {
        x = v;
        bool bad;
        assembly { bad := gt(and(sload(e.slot), 0xff), 1) }
        if (bad) owner = msg.sender;
        if (keccak256(abi.encode(v)) == 0x5d8fa534926516bb2e5e61488e11fe828f5273448362f0f096e4f79afac27609) big().a[2**64] = 7;
    }
}
