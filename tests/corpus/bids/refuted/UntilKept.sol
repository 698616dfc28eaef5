// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: not-verified withdraw.gone
// FAULT: the time stays when a bid is taken back

contract Bids {
    struct Bid {
        uint128 amount;
        uint64 until;
    }

    event Placed(address indexed who, uint256 amount, uint64 until);
    event Withdrawn(address indexed who, uint256 amount);
    event Accepted(address indexed who, uint256 amount);

    error NoEther();
    error AlreadyOpen();
    error Past();
    error NoBid();
    error TooEarly();
    error NotSeller();
    error Lapsed();

    address public seller;
    mapping(address => uint256) public lockedBy;
    mapping(address => uint64) private _until;

    constructor(address seller_) {
        seller = seller_;
    }

    function bidOf(address who) external view returns (Bid memory bid) {
        bid.amount = uint128(lockedBy[who]);
        bid.until = _until[who];
    }

    function place(uint64 until) external payable {
        if (lockedBy[msg.sender] > 0) revert AlreadyOpen();
        if (msg.value == 0) revert NoEther();
        if (block.timestamp >= until) revert Past();
        lockedBy[msg.sender] = msg.value;
        _until[msg.sender] = until;
        emit Placed(msg.sender, msg.value, until);
    }

    function withdraw() external {
        uint256 amount = lockedBy[msg.sender];
        if (amount == 0) revert NoBid();
        if (_until[msg.sender] > block.timestamp) revert TooEarly();
        lockedBy[msg.sender] = 0;
        emit Withdrawn(msg.sender, amount);
        (bool ok,) = msg.sender.call{value: amount}("");
        require(ok);
    }

    function accept(address who) external {
        if (seller != msg.sender) revert NotSeller();
        uint256 amount = lockedBy[who];
        if (amount == 0) revert NoBid();
        if (_until[who] <= block.timestamp) revert Lapsed();
        (lockedBy[who], _until[who]) = (0, 0);
        emit Accepted(who, amount);
        (bool ok,) = msg.sender.call{value: amount}("");
        require(ok);
    }
}
