// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: incomplete register.full, register.counted -- the counter would wrap around after 2**256 calls: not inductive, and no sequence shows it
// the counter is unchecked

contract Registry {
    event Registered(bytes32 indexed name, address indexed owner, uint256 expiry);
    event Passed(bytes32 indexed name, address indexed from, address indexed to);
    event Released(bytes32 indexed name, address indexed owner);

    error NoName();
    error Taken(address owner);
    error NotOwner();
    error Expired(uint256 expiry);
    error NoReceiver();

    uint256 public registrations;
    mapping(bytes32 => address) public ownerOf;
    mapping(bytes32 => uint256) public expiresAt;

    function available(bytes32 name) external view returns (bool) {
        return block.timestamp >= expiresAt[name];
    }

    function register(bytes32 name) external {
        if (name == bytes32(0)) revert NoName();
        if (block.timestamp < expiresAt[name]) revert Taken(ownerOf[name]);
        unchecked {
            registrations++;
        }
        ownerOf[name] = msg.sender;
        expiresAt[name] = block.timestamp + 365 days;
        emit Registered(name, msg.sender, block.timestamp + 365 days);
    }

    function pass(bytes32 name, address to) external {
        if (msg.sender != ownerOf[name]) revert NotOwner();
        if (block.timestamp >= expiresAt[name]) revert Expired(expiresAt[name]);
        if (to == address(0)) revert NoReceiver();
        ownerOf[name] = to;
        emit Passed(name, msg.sender, to);
    }

    function release(bytes32 name) external {
        if (msg.sender != ownerOf[name]) revert NotOwner();
        delete ownerOf[name];
        delete expiresAt[name];
        emit Released(name, msg.sender);
    }
}
