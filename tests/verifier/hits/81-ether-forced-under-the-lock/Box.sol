// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:lock l
/// @custom:lemma calm locked: !f
contract Box {
    uint256 public x;
    bool private f;
    bool private l;
    function flag() external view returns (bool) { return f; }
    function set(uint256 v) external {
        require(!l);
        l = true;
        x = v;
        f = address(this).balance <= 10;
        (bool ok,) = msg.sender.call("");
        require(ok);
        f = false;
        l = false;
    }
}
