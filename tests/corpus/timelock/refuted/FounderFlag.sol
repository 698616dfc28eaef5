// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: not-verified setFee.unauthorised
// FAULT: a flag set in the constructor lets the deployer set the fee

contract Timelock {
    event Proposed(address indexed next, uint256 eta);
    event Cancelled(address indexed next);
    event Replaced(address indexed from, address indexed to);
    event FeeSet(uint256 fee);

    error NotAdmin();
    error Nobody();
    error NothingProposed();
    error TooEarly(uint256 eta);
    error TooHigh();

    address public admin;
    address public pending;
    uint256 public eta;
    uint256 public immutable delay;
    uint256 public fee;
    mapping(address => bool) private _trusted;

    modifier onlyAdmin() {
        if (msg.sender != admin) revert NotAdmin();
        _;
    }

    constructor(address admin_, uint256 delay_) {
        if (admin_ == address(0)) revert Nobody();
        require(delay_ > 0 && delay_ <= 365 days);
        admin = admin_;
        delay = delay_;
        _trusted[msg.sender] = true;
    }

    function propose(address next) external onlyAdmin {
        if (next == address(0)) revert Nobody();
        pending = next;
        eta = block.timestamp + delay;
        emit Proposed(next, eta);
    }

    function cancel() external onlyAdmin {
        if (pending == address(0)) revert NothingProposed();
        emit Cancelled(pending);
        pending = address(0);
        eta = 0;
    }

    function execute() external {
        if (pending == address(0)) revert NothingProposed();
        if (block.timestamp < eta) revert TooEarly(eta);
        emit Replaced(admin, pending);
        admin = pending;
        pending = address(0);
        eta = 0;
    }

    function setFee(uint256 fee_) external {
        if (msg.sender != admin && !_trusted[msg.sender]) revert NotAdmin();
        if (fee_ > 1000) revert TooHigh();
        fee = fee_;
        emit FeeSet(fee_);
    }
}
