// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {Rules} from "solwright/Rules.sol";

/// @title  An account that pays out only after notice was given
/// @custom:deploy (uint64 notice_)
/// @custom:undeployable none: notice_ == 0
/// @custom:deployable some: notice_ > 0
/// @custom:initially empty: total() == 0 && notice() == notice_
/// @custom:invariant waits: notice() > 0
/// @custom:invariant accounted: sum(balanceOf) == total()
/// @custom:invariant solvent: balance(this) >= total()
interface Notice {
    error NotYet();

    function notice() external view returns (uint64);
    function total() external view returns (uint256);
    function balanceOf(address who) external view returns (uint256);

    /// @notice Put ether in.
    /// @custom:changes credited: balanceOf(msg.sender) by +msg.value, total() by +msg.value
    /// @custom:emits nothing
    /// @custom:succeeds otherwise
    function deposit() external payable;

    /// @notice Give notice.
    /// @custom:modifies nothing
    /// @custom:emits nothing
    /// @custom:succeeds otherwise
    function announce() external;

    /// @notice Take everything that is one's own.
    /// @custom:changes debited: balanceOf(msg.sender) by -balanceOf(msg.sender), total() by -balanceOf(msg.sender)
    /// @custom:pays all: msg.sender, balanceOf(msg.sender)
    /// @custom:emits nothing
    /// @custom:succeeds never -- it depends on when notice was given, of which the rules speak
    function withdraw() external;
}

abstract contract NoticeRules is Rules {
    /// Whoever gives notice waits, then gets everything, and has to give notice again.
    function rule_noticeIsKept(Notice account, address alice, uint256 amount) external {
        by(alice);
        account.announce();
        mustFail();
        account.withdraw();
        later(account.notice() - 1);
        mustFail();
        account.withdraw();
        later(1);
        mustSucceed();
        account.withdraw();
        claim(account.balanceOf(alice) == 0);
        account.deposit{value: amount}();
        later(2 * account.notice());
        mustFail();
        account.withdraw();
    }

    /// Nobody's notice is anybody else's.
    function rule_noticeIsPersonal(Notice account, address alice, address bob) external {
        given(alice != bob);
        by(alice);
        account.announce();
        later(account.notice());
        by(bob);
        account.announce();
        mustFail();
        account.withdraw();
        by(alice);
        mustSucceed();
        account.withdraw();
    }

    /// It makes no difference whether ether comes at once or in parts.
    function rule_partsAddUp(Notice account, address alice, uint128 first, uint128 second) external {
        by(alice);
        account.deposit{value: first + second}();
        uint256 together = account.balanceOf(alice);
        restart();
        account.deposit{value: first}();
        account.deposit{value: second}();
        claim(account.balanceOf(alice) == together);
    }
}
