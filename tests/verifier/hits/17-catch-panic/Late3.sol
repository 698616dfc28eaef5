// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
interface P { function p() external view; }
contract Late3 {
    uint256 public x;
    function set(uint256 v) external { bool go; unchecked { go = (v ^ 0x1234567890ABCDEF0F0F) * 3 == 0x369d9a7f8acc153357b1; }
      if (go) { try P(msg.sender).p() { revert(); } catch Panic(uint256) {} catch { revert(); } } x = v; }
}
