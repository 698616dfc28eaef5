// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: verified
// behind a lock
contract Escrow {
    enum State { Created, Funded, Released, Refunded }

    event Funded(uint256 amount);
    event Released(address indexed to, uint256 amount);
    event Refunded(address indexed to, uint256 amount);

    error Refused();
    error SendFailed();
    error Locked();

    address public immutable buyer;
    address public immutable seller;
    uint256 public immutable price;
    uint256 public immutable deadline;
    /// @custom:lock _lock != 1
    uint256 private _lock = 1;
    State public state;

    modifier nonReentrant() {
        if (_lock != 1) revert Locked();
        _lock = 2;
        _;
        _lock = 1;
    }

    constructor(address buyer_, address seller_, uint256 price_, uint256 deadline_) {
        if (buyer_ == seller_) revert Refused();
        buyer = buyer_;
        seller = seller_;
        price = price_;
        deadline = deadline_;
    }

    function fund() external payable nonReentrant {
        if (msg.sender != buyer || state != State.Created) revert Refused();
        if (block.timestamp > deadline || msg.value != price) revert Refused();
        state = State.Funded;
        emit Funded(msg.value);
    }

    function release() external nonReentrant {
        if (msg.sender != buyer || state != State.Funded) revert Refused();
        state = State.Released;
        emit Released(seller, price);
        _pay(seller);
    }

    function refund() external nonReentrant {
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
