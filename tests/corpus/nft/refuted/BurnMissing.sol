// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: not-verified undeclared, burn.succeeds
// FAULT: a promised function is missing

contract Nft {
    event Transfer(address indexed from, address indexed to, uint256 indexed id);

    error SoldOut();
    error LimitReached(address who);
    error UnknownToken(uint256 id);
    error NotOwner(uint256 id);
    error NoReceiver();

    uint256 public immutable maxSupply;
    uint256 public immutable perWallet;
    uint256 public minted;
    mapping(address => uint256) public mintedBy;
    mapping(uint256 => address) private _owners;

    constructor(uint256 maxSupply_, uint256 perWallet_) {
        maxSupply = maxSupply_;
        perWallet = perWallet_;
    }

    function ownerOf(uint256 id) public view returns (address owner) {
        owner = _owners[id];
        if (owner == address(0)) revert UnknownToken(id);
    }

    function exists(uint256 id) external view returns (bool) {
        return _owners[id] != address(0);
    }

    function mint() external returns (uint256 id) {
        id = minted;
        if (id == maxSupply) revert SoldOut();
        if (mintedBy[msg.sender] >= perWallet) revert LimitReached(msg.sender);
        minted = id + 1;
        mintedBy[msg.sender] += 1;
        _owners[id] = msg.sender;
        emit Transfer(address(0), msg.sender, id);
    }

    function transfer(address to, uint256 id) external {
        if (ownerOf(id) != msg.sender) revert NotOwner(id);
        if (to == address(0)) revert NoReceiver();
        _owners[id] = to;
        emit Transfer(msg.sender, to, id);
    }
}
