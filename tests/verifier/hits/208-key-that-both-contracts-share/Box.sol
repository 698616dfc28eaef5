// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
interface ILamp {
    function level(uint8 k) external view returns (uint256);
    function put(uint8 k, uint256 v) external;
}
contract Box {
    enum Kind { A, B }
    address public immutable lamp;
    mapping(Kind => uint256) public level;
    constructor(address lamp_) { lamp = lamp_; }
    function poke(uint256 v) external {
        level[Kind.A] = v;
        ILamp(lamp).put(5, v); // nobody allowed that
    }
}
