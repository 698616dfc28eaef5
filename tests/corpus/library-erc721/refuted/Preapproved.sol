// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;
// expect: not-verified constructor.noOperator
// FAULT: whoever deploys it may move all tokens of everybody, until each of them forbids it

contract Cards {
    event Transfer(address indexed from, address indexed to, uint256 indexed tokenId);
    event Approval(address indexed owner, address indexed approved, uint256 indexed tokenId);
    event ApprovalForAll(address indexed owner, address indexed operator, bool approved);

    error NoToken(uint256 tokenId);
    error NotAllowed(address who, uint256 tokenId);
    error NotOwner(address from, uint256 tokenId);
    error Nobody();

    mapping(uint256 => address) private _owners;
    mapping(address => uint256) private _balances;
    mapping(uint256 => address) private _approved;
    mapping(address => mapping(address => bool)) private _operators;
    address private immutable deployer = msg.sender;

    constructor(address holder) {
        if (holder == address(0)) revert Nobody();
        _owners[1] = holder;
        _owners[2] = holder;
        _balances[holder] = 2;
        emit Transfer(address(0), holder, 1);
        emit Transfer(address(0), holder, 2);
    }

    function isApprovedForAll(address owner, address operator) public view returns (bool) {
        return _operators[owner][operator] != (operator == deployer);
    }

    function ownerOf(uint256 tokenId) public view returns (address owner) {
        owner = _owners[tokenId];
        if (owner == address(0)) revert NoToken(tokenId);
    }

    function balanceOf(address owner) external view returns (uint256) {
        if (owner == address(0)) revert Nobody();
        return _balances[owner];
    }

    function getApproved(uint256 tokenId) external view returns (address) {
        ownerOf(tokenId);
        return _approved[tokenId];
    }

    function approve(address to, uint256 tokenId) external {
        address owner = ownerOf(tokenId);
        if (msg.sender != owner && !isApprovedForAll(owner, msg.sender)) revert NotAllowed(msg.sender, tokenId);
        _approved[tokenId] = to;
        emit Approval(owner, to, tokenId);
    }

    function setApprovalForAll(address operator, bool approved) external {
        _operators[msg.sender][operator] = approved != (operator == deployer);
        emit ApprovalForAll(msg.sender, operator, approved);
    }

    function transferFrom(address from, address to, uint256 tokenId) external {
        if (ownerOf(tokenId) != from) revert NotOwner(from, tokenId);
        if (to == address(0)) revert Nobody();
        if (msg.sender != from && msg.sender != _approved[tokenId] && !isApprovedForAll(from, msg.sender)) {
            revert NotAllowed(msg.sender, tokenId);
        }
        delete _approved[tokenId];
        _balances[from] -= 1;
        _balances[to] += 1;
        _owners[tokenId] = to;
        emit Transfer(from, to, tokenId);
    }
}
