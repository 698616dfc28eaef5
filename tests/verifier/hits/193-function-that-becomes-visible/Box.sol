// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.24;

import {Coin, Coin as Money} from "./money/Coin.sol";

contract Box {
    uint256 public total;
    Money private _coin;

    function join(Money coin) external {
        _coin = coin;
    }

    function Coin(Money) external pure returns (address) {
        return address(0);
    }

    function count(uint256 turns) external {
        total = made(turns) == 78 && address(Coin(_coin)) != address(0) ? 1 : 0;
    }

    function made(uint256 turns) internal pure returns (uint256 sum) {
        for (uint256 i = 0; i < turns; ++i) {
            sum += 1;
        }
    }
}
