// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// Nobody can win: no data is known whose hash is 42.

contract Prize {
    bool public won;

    function fill() external payable {}

    function win(uint256 answer) external {
        require(keccak256(abi.encode(answer)) == bytes32(uint256(42)));
        won = true;
    }
}
