// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
import {Odd} from "./Odd.spec.sol";

/// @title  What leans on Odd: `enough` follows from what that promises, `more` does not
/// @custom:deploy (address odd_)
/// @custom:environment odd is Odd
/// @custom:invariant risen: seen() <= Odd(odd()).level()
/// @custom:invariant kept: least() <= Odd(odd()).floor()
interface User {
    function odd() external view returns (address);
    function seen() external view returns (uint256);
    function least() external view returns (uint256);

    /// @custom:modifies nothing
    /// @custom:ensures more: a == n
    /// @custom:ensures equal: a == b
    /// @custom:succeeds otherwise
    function asks(uint256 n) external returns (uint256 a, uint256 b);

    /// @custom:modifies nothing
    /// @custom:ensures enough: result >= n
    /// @custom:ensures more: result < type(uint256).max
    /// @custom:succeeds otherwise
    function asksAbove(uint256 n) external returns (uint256);

    /// @custom:modifies Odd(odd()).level()
    /// @custom:ensures enough: Odd(odd()).level() >= old(Odd(odd()).level())
    /// @custom:ensures more: Odd(odd()).level() > old(Odd(odd()).level())
    /// @custom:succeeds otherwise
    function rises() external;

    /// @custom:modifies nothing
    /// @custom:succeeds more: true
    function tries() external;

    /// @custom:modifies nothing
    /// @custom:reverts gone: !defined(Odd(odd()).loose())
    /// @custom:ensures enough: result == Odd(odd()).loose() && again == result
    /// @custom:succeeds otherwise
    function reads() external returns (uint256 result, uint256 again);

    /// @custom:modifies nothing
    /// @custom:succeeds more: true
    function readsBlindly() external;

    /// @custom:modifies Odd(odd()).rate(a)
    /// @custom:ensures enough: a != b ==> Odd(odd()).rate(b) == old(Odd(odd()).rate(b))
    /// @custom:ensures more: Odd(odd()).rate(a) == old(Odd(odd()).rate(a))
    /// @custom:succeeds otherwise
    function touches(address a, address b) external;

    /// @custom:modifies Odd(odd()).rate(*)
    /// @custom:ensures more: Odd(odd()).rate(b) == old(Odd(odd()).rate(b))
    /// @custom:succeeds otherwise
    function stirs(address b) external;

    /// @custom:modifies Odd(odd()).owned(*)
    /// @custom:reverts more: Odd(odd()).owned(a) < value
    /// @custom:reverts enough: a != b && Odd(odd()).owned(a) < value
    /// @custom:ensures nothingMoves: a == b ==> Odd(odd()).owned(a) == old(Odd(odd()).owned(a))
    /// @custom:ensures moved: a != b ==> Odd(odd()).owned(a) == old(Odd(odd()).owned(a)) - value
    /// @custom:succeeds never -- not asked
    function moves(address a, address b, uint256 value) external;

    /// @custom:modifies Odd(odd()).chief()
    /// @custom:reverts enough: Odd(odd()).chief() != address(this)
    /// @custom:ensures passed: Odd(odd()).chief() == next
    /// @custom:succeeds otherwise
    function passes(address next) external;

    /// @custom:modifies nothing
    /// @custom:reverts enough: !Odd(odd()).live()
    /// @custom:ensures more: result >= 0
    /// @custom:ensures half: half == Odd(odd()).level() / 2
    /// @custom:succeeds otherwise
    function shows() external returns (int8 result, uint256 half);

    /// @custom:modifies Odd(odd()).floor()
    /// @custom:succeeds enough: a == 4
    /// @custom:succeeds more: a == 5
    function fives(uint256 a) external;

    /// @custom:modifies nothing
    /// @custom:succeeds more: true
    function pretends() external;
}
