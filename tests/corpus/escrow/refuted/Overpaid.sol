// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: not-verified fund.wrongSum
// FAULT: fund accepts more than the price
contract Escrow {
    enum State { Created, Funded, Released, Refunded }

    event Funded(uint256 amount);
    event Released(address indexed to, uint256 amount);
    event Refunded(address indexed to, uint256 amount);

    error Refused();
    error SendFailed();

    address public immutable buyer;
    address public immutable seller;
    uint256 public immutable price;
    uint256 public immutable deadline;
    State public state;

    constructor(address buyer_, address seller_, uint256 price_, uint256 deadline_) {
        if (buyer_ == seller_) revert Refused();
        buyer = buyer_;
        seller = seller_;
        price = price_;
        deadline = deadline_;
    }

    function fund() external payable {
        if (msg.sender != buyer || state != State.Created) revert Refused();
        if (block.timestamp > deadline || msg.value < price) revert Refused();
        state = State.Funded;
        emit Funded(msg.value);
    }

    function release() external {
        if (msg.sender != buyer || state != State.Funded) revert Refused();
        state = State.Released;
        emit Released(seller, price);
        _pay(seller);
    }

    function refund() external {
        if (state != State.Funded) revert Refused();
        if (msg.sender != seller && !(msg.sender == buyer && block.timestamp > deadline)) revert Refused();
        state = State.Refunded;
        emit Refunded(buyer, price);
        _pay(buyer);
    }

    function _pay(address to) private {
        (bool ok,) = to.call{value: price}("");
        if (!ok) revert SendFailed();
    }
}
