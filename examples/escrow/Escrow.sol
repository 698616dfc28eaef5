// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

contract Escrow {
    enum State { Waiting, Funded, Released, Refunded }

    event Funded(address indexed by, uint256 amount);
    event Released(address indexed to, uint256 amount);
    event Refunded(address indexed to, uint256 amount);

    error NotAllowed(address who);
    error WrongState(State state);
    error TooLate(uint256 deadline);
    error TooEarly(uint256 deadline);
    error WrongAmount(uint256 price, uint256 sent);
    error OneParty();
    error SendFailed();

    address public immutable buyer;
    address public immutable seller;
    uint256 public immutable price;
    uint256 public immutable deadline;
    State public state;

    constructor(address buyer_, address seller_, uint256 price_, uint256 deadline_) {
        if (buyer_ == seller_) revert OneParty();
        buyer = buyer_;
        seller = seller_;
        price = price_;
        deadline = deadline_;
    }

    function fund() external payable {
        if (msg.sender != buyer) revert NotAllowed(msg.sender);
        if (state != State.Waiting) revert WrongState(state);
        if (block.timestamp > deadline) revert TooLate(deadline);
        if (msg.value != price) revert WrongAmount(price, msg.value);
        state = State.Funded;
        emit Funded(msg.sender, msg.value);
    }

    function release() external {
        if (msg.sender != buyer) revert NotAllowed(msg.sender);
        if (state != State.Funded) revert WrongState(state);
        state = State.Released;
        emit Released(seller, price);
        _pay(seller);
    }

    function refund() external {
        if (msg.sender != buyer && msg.sender != seller) revert NotAllowed(msg.sender);
        if (msg.sender == buyer && block.timestamp <= deadline) revert TooEarly(deadline);
        if (state != State.Funded) revert WrongState(state);
        state = State.Refunded;
        emit Refunded(buyer, price);
        _pay(buyer);
    }

    function _pay(address to) private {
        (bool ok,) = to.call{value: price}("");
        if (!ok) revert SendFailed();
    }
}
