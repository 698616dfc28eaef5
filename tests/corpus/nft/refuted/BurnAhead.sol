// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
// expect: not-verified burn.unknown, mint.owned
// FAULT: tokens that were never minted can be burnt by anybody, and are dead when they are minted

contract Nft {
    event Transfer(address indexed from, address indexed to, uint256 indexed id);

    error SoldOut();
    error LimitReached(address who);
    error UnknownToken(uint256 id);
    error NotOwner(uint256 id);
    error NoReceiver();

    struct Token {
        address owner;
        bool burnt;
    }

    uint256 public immutable maxSupply;
    uint256 public immutable perWallet;
    uint256 public minted;
    mapping(address => uint256) public mintedBy;
    /// @custom:lemma burntOnce: forall (uint256 id) _tokens[id].burnt ==> id < minted
    mapping(uint256 => Token) private _tokens;

    constructor(uint256 maxSupply_, uint256 perWallet_) {
        (maxSupply, perWallet) = (maxSupply_, perWallet_);
    }

    function exists(uint256 id) public view returns (bool) {
        return _tokens[id].owner != address(0) && !_tokens[id].burnt;
    }

    function ownerOf(uint256 id) external view returns (address) {
        if (!exists(id)) revert UnknownToken(id);
        return _tokens[id].owner;
    }

    function mint() external returns (uint256 id) {
        if (mintedBy[msg.sender] >= perWallet) revert LimitReached(msg.sender);
        if (minted == maxSupply) revert SoldOut();
        id = minted++;
        mintedBy[msg.sender]++;
        _tokens[id].owner = msg.sender;
        emit Transfer(address(0), msg.sender, id);
    }

    function transfer(address to, uint256 id) external {
        _mine(id);
        if (to == address(0)) revert NoReceiver();
        _tokens[id].owner = to;
        emit Transfer(msg.sender, to, id);
    }

    function burn(uint256 id) external {
        if (exists(id)) _mine(id);
        _tokens[id].burnt = true;
        emit Transfer(msg.sender, address(0), id);
    }

    function _mine(uint256 id) private view {
        if (!exists(id)) revert UnknownToken(id);
        if (_tokens[id].owner != msg.sender) revert NotOwner(id);
    }
}
