// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: verified
// one slot for each name; 96 bits hold any time below 2^64 and a year more

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
        address owner;
        uint96 expiry;
    }

    uint256 public registrations;
    mapping(bytes32 => Record) private _records;

    function ownerOf(bytes32 name) public view returns (address) {
        return _records[name].owner;
    }

    function expiresAt(bytes32 name) public view returns (uint256) {
        return _records[name].expiry;
    }

    function available(bytes32 name) public view returns (bool) {
        return _records[name].expiry <= block.timestamp;
    }

    function register(bytes32 name) external {
        if (!available(name)) revert Taken(ownerOf(name));
        if (name == bytes32(0)) revert NoName();
        uint96 expiry = uint96(block.timestamp + 365 days);
        _records[name] = Record(msg.sender, expiry);
        registrations += 1;
        emit Registered(name, msg.sender, expiry);
    }

    function pass(bytes32 name, address to) external {
        Record storage record = _records[name];
        if (to == address(0)) revert NoReceiver();
        if (record.owner != msg.sender) revert NotOwner();
        if (available(name)) revert Expired(record.expiry);
        record.owner = to;
        emit Passed(name, msg.sender, to);
    }

    function release(bytes32 name) external {
        if (ownerOf(name) != msg.sender) revert NotOwner();
        delete _records[name];
        emit Released(name, msg.sender);
    }
}
