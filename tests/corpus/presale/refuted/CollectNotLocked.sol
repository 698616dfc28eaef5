// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: not-verified collect.locked, collect.atomic, collect.solvent@callout
// FAULT: collect is outside the lock, and writes after the payment

import {ReentrancyGuard} from "@openzeppelin/contracts/utils/ReentrancyGuard.sol";

/// @custom:lock _reentrancyGuardEntered()
contract Presale is ReentrancyGuard {
    event Bought(address indexed who, uint256 units, uint256 paid);
    event Collected(uint256 amount);

    error NothingBought();
    error SoldOut();
    error NotOwner();

    address public immutable owner;
    uint256 public immutable price;
    uint256 public immutable cap;
    /// @custom:lemma rest: _left <= cap
    uint256 private _left;
    uint256 public proceeds;
    mapping(address => uint256) public boughtBy;

    constructor(address owner_, uint256 price_, uint256 cap_) {
        owner = owner_;
        price = price_;
        cap = cap_;
        _left = cap_;
    }

    function sold() external view returns (uint256) {
        return cap - _left;
    }

    function buy(uint256 n) external payable nonReentrant {
        if (n > _left) revert SoldOut();
        if (n == 0) revert NothingBought();
        require(msg.value == price * n, "wrong payment");
        unchecked {
            _left -= n;
            boughtBy[msg.sender] += n; // at most what is sold
        }
        proceeds += msg.value;
        emit Bought(msg.sender, n, msg.value);
    }

    function collect() external {
        if (msg.sender != owner) revert NotOwner();
        uint256 amount = proceeds;
        (bool ok,) = msg.sender.call{value: amount}("");
        require(ok, "refused");
        delete proceeds;
        emit Collected(amount);
    }
}
