// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: incomplete release.unauthorised -- a lemma is missing: the solver starts where a name is not held and yet has a holder
// what RegistryFlag proves with its lemma

contract Registry {
    event Registered(bytes32 indexed name, address indexed owner, uint256 expiry);
    event Passed(bytes32 indexed name, address indexed from, address indexed to);
    event Released(bytes32 indexed name, address indexed owner);

    error NoName();
    error Taken(address owner);
    error NotOwner();
    error Expired(uint256 expiry);
    error NoReceiver();

    struct Record {
        address holder;
        bool live;
        uint256 until;
    }

    uint256 public registrations;
    mapping(bytes32 => Record) private _records;

    function ownerOf(bytes32 name) public view returns (address) {
        return _records[name].live ? _records[name].holder : address(0);
    }

    function expiresAt(bytes32 name) public view returns (uint256) {
        return _records[name].until;
    }

    function available(bytes32 name) external view returns (bool) {
        return block.timestamp >= _records[name].until;
    }

    function register(bytes32 name) external {
        Record storage record = _records[name];
        if (name == bytes32(0)) revert NoName();
        if (block.timestamp < record.until) revert Taken(record.holder);
        registrations++;
        (record.holder, record.live, record.until) = (msg.sender, true, block.timestamp + 365 days);
        emit Registered(name, msg.sender, record.until);
    }

    function pass(bytes32 name, address to) external {
        Record storage record = _records[name];
        if (msg.sender != record.holder) revert NotOwner();
        if (block.timestamp >= record.until) revert Expired(record.until);
        if (to == address(0)) revert NoReceiver();
        record.holder = to;
        emit Passed(name, msg.sender, to);
    }

    function release(bytes32 name) external {
        if (msg.sender != _records[name].holder) revert NotOwner();
        delete _records[name];
        emit Released(name, msg.sender);
    }
}
