// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:lock l
contract Box {
    bool private l;
    uint256 public x;
    address public owner = address(0xA11CE);
    function set(uint256 v) external {
        if (l) {
            owner = msg.sender;
            (bool seen,) = msg.sender.call("");
            seen;
            revert();
        }
        x = v;
        l = true;
        (bool ok,) = msg.sender.call("");
        require(ok);
        l = false;
    }
}
