// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// @title  Tokens with numbers, as ERC-721 has them: who owns which, who may move it, and what a transfer does
/// @custom:initially noOperator: forall (address anyHolder, address anyOperator) !isApprovedForAll(anyHolder, anyOperator) -- nobody may move what is others' before they say so
/// @custom:initially noApproval: forall (uint256 anyToken) defined(getApproved(anyToken)) ==> getApproved(anyToken) == address(0)
interface ERC721Spec {
    event Transfer(address indexed from, address indexed to, uint256 indexed tokenId);
    event Approval(address indexed owner, address indexed approved, uint256 indexed tokenId);
    event ApprovalForAll(address indexed owner, address indexed operator, bool approved);

    /// @notice Reverts for tokens that do not exist.
    /// @custom:ensures somebody: result != address(0)
    function ownerOf(uint256 tokenId) external view returns (address);

    /// @custom:reverts nobody: owner == address(0)
    /// @custom:succeeds otherwise
    function balanceOf(address owner) external view returns (uint256);

    /// @notice Who may move this one token beside its owner and the owner's operators; 0 is nobody.
    /// @custom:reverts unknown: !defined(ownerOf(tokenId))
    /// @custom:succeeds otherwise
    function getApproved(uint256 tokenId) external view returns (address);

    /// @custom:succeeds otherwise
    function isApprovedForAll(address owner, address operator) external view returns (bool);

    /// @notice Let `to` move one token; this replaces the approval before it.
    /// @custom:only ownerOf(tokenId), isApprovedForAll(ownerOf(tokenId), msg.sender)
    /// @custom:modifies getApproved(tokenId)
    /// @custom:ensures approved: getApproved(tokenId) == to
    /// @custom:emits Approval(ownerOf(tokenId), to, tokenId)
    /// @custom:succeeds allowed: to != ownerOf(tokenId) && (msg.sender == ownerOf(tokenId) || isApprovedForAll(ownerOf(tokenId), msg.sender))
    function approve(address to, uint256 tokenId) external;

    /// @notice Let `operator` move and approve all tokens of the caller, or no longer.
    /// @custom:modifies isApprovedForAll(msg.sender, operator)
    /// @custom:ensures set: isApprovedForAll(msg.sender, operator) == approved
    /// @custom:emits ApprovalForAll(msg.sender, operator, approved)
    /// @custom:succeeds anyTime: operator != address(0) && operator != msg.sender
    function setApprovalForAll(address operator, bool approved) external;

    /// @notice Move a token of `from` to `to`; the approval of the token ends.
    /// @custom:only ownerOf(tokenId), getApproved(tokenId), isApprovedForAll(ownerOf(tokenId), msg.sender)
    /// @custom:reverts foreign: defined(ownerOf(tokenId)) && ownerOf(tokenId) != from
    /// @custom:reverts nobody: to == address(0)
    /// @custom:modifies ownerOf(tokenId), getApproved(tokenId), balanceOf(from), balanceOf(to)
    /// @custom:ensures moved: ownerOf(tokenId) == to
    /// @custom:ensures cleared: getApproved(tokenId) == address(0)
    /// @custom:ensures counted: from != to && old(balanceOf(from)) > 0 && old(balanceOf(to)) < type(uint256).max ==> balanceOf(from) == old(balanceOf(from)) - 1 && balanceOf(to) == old(balanceOf(to)) + 1 -- whoever owns a token has a balance
    /// @custom:ensures toOneself: from == to ==> balanceOf(from) == old(balanceOf(from))
    /// @custom:emits Transfer(from, to, tokenId)
    /// @custom:succeeds allowed: ownerOf(tokenId) == from && to != address(0) && balanceOf(from) > 0 && balanceOf(to) < type(uint256).max && (msg.sender == from || msg.sender == getApproved(tokenId) || isApprovedForAll(from, msg.sender))
    function transferFrom(address from, address to, uint256 tokenId) external;
}
