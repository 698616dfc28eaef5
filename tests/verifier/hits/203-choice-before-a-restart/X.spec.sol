// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
import {Rules} from "solwright/Rules.sol";
import {Odd} from "./Odd.spec.sol";
/// @title Two questions
/// @custom:deploy (address odd_)
/// @custom:environment odd is Odd
/// @custom:initially set: odd() == odd_
interface X {
    function odd() external view returns (address);
    function last() external view returns (uint256);
    /// @custom:modifies last()
    /// @custom:succeeds otherwise
    function one() external;
    /// @custom:modifies last()
    /// @custom:succeeds otherwise
    function two() external;
}
abstract contract XRules is Rules {
    /// both ask for the same
    function rule_same(X x, address alice) external {
        by(alice);
        x.one();
        uint256 a = x.last();
        restart();
        x.two();
        claim(x.last() == a);
    }
}
