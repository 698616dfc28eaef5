// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

contract Tray {
    address public immutable coin;

    constructor(address coin_) {
        coin = coin_;
    }

    function look(uint256 amount) external {
        uint256 to = uint256(uint160(msg.sender)) | (1 << 160);
        (bool moved, ) = coin.call(abi.encodeWithSelector(0xa9059cbb, to, amount));
        moved;
    }
}
