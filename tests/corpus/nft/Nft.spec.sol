// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @title  Numbered tokens: a fixed number altogether, a fixed number for each wallet
/// @custom:deploy (uint256 maxSupply_, uint256 perWallet_)
/// @custom:initially terms: maxSupply() == maxSupply_ && perWallet() == perWallet_ && minted() == 0
/// @custom:initially nobody: forall (uint256 id) !defined(ownerOf(id))
/// @custom:invariant capped: minted() <= maxSupply()
/// @custom:invariant accounted: sum(mintedBy) == minted()
/// @custom:invariant limited: forall (address who) mintedBy(who) <= perWallet()
/// @custom:invariant unminted: forall (uint256 id) id >= minted() ==> !defined(ownerOf(id)) -- nobody owns a token before it is minted
/// @custom:transition fixedTerms: maxSupply() == old(maxSupply()) && perWallet() == old(perWallet())
interface Nft {
    event Transfer(address indexed from, address indexed to, uint256 indexed id);

    error SoldOut();
    error LimitReached(address who);
    error UnknownToken(uint256 id);
    error NotOwner(uint256 id);
    error NoReceiver();

    function maxSupply() external view returns (uint256);
    function perWallet() external view returns (uint256);
    function minted() external view returns (uint256);
    function mintedBy(address who) external view returns (uint256);

    /// @notice Reverts for tokens that do not exist.
    /// @custom:ensures somebody: result != address(0)
    function ownerOf(uint256 id) external view returns (address);

    /// @custom:equals defined(ownerOf(id))
    function exists(uint256 id) external view returns (bool);

    /// @notice Take the next token.
    /// @custom:reverts soldOut with SoldOut(): minted() == maxSupply()
    /// @custom:reverts limit with LimitReached(msg.sender): mintedBy(msg.sender) >= perWallet()
    /// @custom:ensures next: id == old(minted())
    /// @custom:ensures owned: ownerOf(id) == msg.sender
    /// @custom:changes counted: minted() by +1, mintedBy(msg.sender) by +1
    /// @custom:modifies ownerOf(minted())
    /// @custom:emits Transfer(address(0), msg.sender, minted())
    /// @custom:succeeds otherwise
    function mint() external returns (uint256 id);

    /// @custom:reverts unknown with UnknownToken(id): !defined(ownerOf(id))
    /// @custom:reverts foreign with NotOwner(id): defined(ownerOf(id)) && ownerOf(id) != msg.sender
    /// @custom:reverts nobody with NoReceiver(): to == address(0)
    /// @custom:ensures moved: ownerOf(id) == to
    /// @custom:modifies ownerOf(id)
    /// @custom:emits Transfer(msg.sender, to, id)
    /// @custom:succeeds otherwise
    function transfer(address to, uint256 id) external;

    /// @notice Destroy a token; its number is not used again.
    /// @custom:reverts unknown with UnknownToken(id): !defined(ownerOf(id))
    /// @custom:reverts foreign with NotOwner(id): defined(ownerOf(id)) && ownerOf(id) != msg.sender
    /// @custom:ensures gone: !defined(ownerOf(id))
    /// @custom:modifies ownerOf(id)
    /// @custom:emits Transfer(msg.sender, address(0), id)
    /// @custom:succeeds otherwise
    function burn(uint256 id) external;
}
