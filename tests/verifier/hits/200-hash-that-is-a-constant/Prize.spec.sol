// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @title  A prize for whoever knows the answer
/// @custom:deploy ()
interface Prize {
    function won() external view returns (bool);

    /// @custom:modifies nothing
    /// @custom:succeeds otherwise
    function fill() external payable;

    /// @custom:reverts wrong: keccak256(abi.encode(answer)) != bytes32(uint256(42))
    /// @custom:modifies won()
    /// @custom:ensures won: won()
    /// @custom:succeeds otherwise
    function win(uint256 answer) external;
}
