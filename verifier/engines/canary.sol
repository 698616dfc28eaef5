// SPDX-License-Identifier: MIT
// slither-disable-start all
pragma solidity ^0.8.0;

// Known bad: an analysis that does not refute it has not looked.
contract Canary {
    function leave() external {
        selfdestruct(payable(msg.sender));
    }
}
// slither-disable-end all
