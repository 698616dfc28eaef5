// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: incomplete buy.wrongPayment, buy.succeeds -- the number of turns is an argument: only an engine without a bound can answer
// the price of all units is added up in a loop

contract Presale {
    event Bought(address indexed who, uint256 units, uint256 paid);
    event Collected(uint256 amount);

    error NothingBought();
    error SoldOut();
    error WrongPayment();
    error NotOwner();
    error SendFailed();

    address public immutable owner;
    uint256 public immutable price;
    uint256 public immutable cap;
    uint256 public sold;
    uint256 public proceeds;
    mapping(address => uint256) public boughtBy;

    constructor(address owner_, uint256 price_, uint256 cap_) {
        owner = owner_;
        price = price_;
        cap = cap_;
    }

    function buy(uint256 n) external payable {
        if (n == 0) revert NothingBought();
        if (n > cap - sold) revert SoldOut();
        uint256 due;
        for (uint256 i = 0; i < n; i++) due += price;
        if (msg.value != due) revert WrongPayment();
        sold += n;
        boughtBy[msg.sender] += n;
        proceeds += msg.value;
        emit Bought(msg.sender, n, msg.value);
    }

    function collect() external {
        if (msg.sender != owner) revert NotOwner();
        uint256 amount = proceeds;
        proceeds = 0;
        emit Collected(amount);
        (bool ok,) = msg.sender.call{value: amount}("");
        if (!ok) revert SendFailed();
    }
}
