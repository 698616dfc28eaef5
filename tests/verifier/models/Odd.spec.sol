// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @title  Something that promises little
interface Odd {
    /// @custom:succeeds otherwise
    function level() external view returns (uint256);
    /// @custom:succeeds otherwise
    function floor() external view returns (uint64);
    function loose() external view returns (uint256);
    /// @custom:succeeds otherwise
    function rate(address who) external view returns (uint256);
    /// @custom:succeeds otherwise
    function owned(address who) external view returns (uint256);
    /// @custom:succeeds otherwise
    function chief() external view returns (address);
    /// @custom:succeeds otherwise
    function live() external view returns (bool);
    /// @custom:reverts dead: !live()
    /// @custom:succeeds otherwise
    function shown() external view returns (int8);
    /// @custom:equals level() / 2
    function half() external view returns (uint256);

    /// @custom:modifies nothing
    /// @custom:succeeds otherwise
    function ask(uint256 n) external returns (uint256);

    /// @custom:modifies nothing
    /// @custom:ensures above: result + 1 > n
    /// @custom:succeeds otherwise
    function above(uint256 n) external returns (uint256);

    /// @custom:modifies level()
    /// @custom:ensures up: level() >= old(level())
    /// @custom:succeeds otherwise
    function rise() external;

    /// @custom:modifies nothing
    /// @custom:succeeds never -- it may always refuse
    function maybe() external;

    /// @custom:modifies rate(who)
    /// @custom:succeeds otherwise
    function touch(address who) external;

    /// @custom:modifies rate(*)
    /// @custom:succeeds otherwise
    function stir() external;

    /// @custom:reverts short: from != to && owned(from) < value
    /// @custom:reverts full: from != to && owned(to) + value > type(uint256).max
    /// @custom:changes moved: owned(from) by -value, owned(to) by +value
    /// @custom:succeeds otherwise
    function move(address from, address to, uint256 value) external;

    /// @custom:only chief()
    /// @custom:modifies chief()
    /// @custom:ensures passed: chief() == next
    /// @custom:succeeds otherwise
    function pass(address next) external;

    /// @custom:modifies floor()
    /// @custom:succeeds fits: a == 4
    function five(uint256 a, uint256 b, uint256 c, uint256 d, uint64 e) external;
}
