"""The digest covers the promise and nothing else."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from specs.parse import parse
from tests.specs.box import PATH

TEXT = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @title Words
/// @custom:deploy (address owner_)
/// @custom:initially owned: owner() == owner_
/// @custom:modifies balanceOf(owner_)
/// @custom:invariant capped locked: total() <= 100 -- at most a hundred
/// @custom:transition grows: total() >= old(total())
/// @custom:assume quiet: block.number > 1 -- why
interface Box {
    enum State { Open, Shut }
    struct Item { address owner; uint128 amount; }
    event Put(address indexed who, uint256 amount);
    error Denied(address who);
    function total() external view returns (uint256);
    function owner() external view returns (address);
    function balanceOf(address who) external view returns (uint256);
    function state() external view returns (State);
    function item(uint256 id) external view returns (Item memory);
    /// @custom:equals balanceOf(who) + 1
    function more(address who) external view returns (uint256);
    /// @notice Put
    /// @custom:only owner() with Denied(msg.sender)
    /// @custom:reverts big: amount > 10
    /// @custom:ensures open: state() == State.Open
    /// @custom:changes moved: balanceOf(to) by +amount
    /// @custom:modifies state(), item(1)
    /// @custom:pays msg.sender, amount when amount > 2
    /// @custom:emits Put(to, amount)
    /// @custom:succeeds otherwise
    function put(uint256 amount, address to) external;
}
"""

SAME = [
    ("Words", "Other words"),
    ("at most a hundred", "a hundred at most"),
    ("@notice Put", "@notice Put it there"),
    ("MIT", "GPL-3.0"),
    ("^0.8.24", ">=0.8.20"),
    ("balanceOf(who) + 1", "balanceOf( who )+1"),
    ("amount > 10", "(amount) > 0xa"),
    ("amount > 10", "amount > 10 -- too much"),
    ("    /// @custom:reverts big: amount > 10\n", "    /// @custom:reverts big:\n    ///   amount\n    ///   > 10\n"),
    ("    error Denied(address who);\n", "    // no access\n    error Denied(address who);\n\n"),
    ("state(), item(1)", "state(), item(1) -- both"),
    ("-- why", "-- for that reason"),
]

OTHER = [
    ("interface Box", "interface Bax"),
    ("(address owner_)", "(address payable owner_) payable"),
    ("(address owner_)", "(address owner_, uint256 more_)"),
    ("owner() == owner_", "owner() != owner_"),
    ("initially owned", "initially owner"),
    ("/// @custom:modifies balanceOf(owner_)\n", ""),
    ("capped locked", "capped"),
    ("<= 100", "<= 101"),
    (">= old(total())", "> old(total())"),
    ("number > 1", "number > 2"),
    ("Open, Shut", "Shut, Open"),
    ("Open, Shut", "Open, Shut, Locked"),
    ("uint128 amount", "uint256 amount"),
    ("indexed who", "who"),
    ("Put(address indexed who, uint256 amount);", "Put(address indexed who, uint256 amount) anonymous;"),
    ("error Denied(address who);", "error Denied(address who); error More();"),
    ("total() external view returns (uint256)", "total() external view returns (uint128)"),
    ("total() external view", "total() external pure"),
    ("function total", "function extra() external view returns (uint256);\n    function total"),
    ("balanceOf(who) + 1", "balanceOf(who) + 2"),
    ("only owner() with Denied(msg.sender)", "only owner()"),
    ("with Denied(msg.sender)", "with Denied(to)"),
    ("amount > 10", "amount >= 10"),
    ("amount > 10", "amount > 10 || false"),
    ("reverts big", "reverts huge"),
    ("State.Open\n", "State.Shut\n"),
    ("by +amount", "by -amount"),
    ("balanceOf(to) by", "balanceOf(msg.sender) by"),
    ("state(), item(1)", "state(), item(2)"),
    ("state(), item(1)", "state(), item(*)"),
    ("when amount > 2", ""),
    ("pays msg.sender", "pays to"),
    ("emits Put(to, amount)", "emits nothing"),
    ("succeeds otherwise", "succeeds never -- x"),
    ("succeeds otherwise", "succeeds fine: amount < 3"),
    ("uint256 amount, address to) external", "uint256 amount, address to) external payable"),
]


@cache
def digest(text: str) -> str:
    """Return the digest of a text."""
    return parse(PATH, text).digest


def edited(old: str, new: str) -> str:
    """Return the text with one place exchanged."""
    assert old in TEXT
    return TEXT.replace(old, new, 1)


@pytest.mark.parametrize(("old", "new"), SAME)
def test_the_digest_does_not_see(old: str, new: str) -> None:
    assert digest(edited(old, new)) == digest(TEXT)


@pytest.mark.parametrize(("old", "new"), OTHER)
def test_the_digest_sees(old: str, new: str) -> None:
    assert digest(edited(old, new)) != digest(TEXT)


def test_all_edits_differ_from_each_other() -> None:
    digests = [digest(edited(*edit)) for edit in OTHER]
    assert len(set(digests)) == len(OTHER)


def test_the_order_of_declarations_and_clauses_does_not_count() -> None:
    lines = TEXT.split("\n")
    body = next(i for i, line in enumerate(lines) if line.startswith("interface"))
    getters = lines[body + 5 : body + 10]
    assert all("function" in line for line in getters)
    moved = [*lines[: body + 5], *reversed(getters), *lines[body + 10 :]]
    assert digest("\n".join(moved)) == digest(TEXT)
    assert re.fullmatch("[0-9a-f]{64}", digest(TEXT))
    big, opened = "    /// @custom:reverts big: amount > 10\n", "    /// @custom:ensures open: state() == State.Open\n"
    assert digest(edited(big + opened, opened + big)) == digest(TEXT)


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("changed(state())", "state() != old(state())"),
        ("!changed(item(1))", "!!same(item(1), old(item(1)))"),
        ("changed(item(amount).owner) ==> amount > 1", "item(amount).owner != old(item(amount).owner) ==> amount > 1"),
    ],
)
def test_changed_is_short_for_a_comparison(short: str, long: str) -> None:
    first, second = (digest(edited("state() == State.Open", text)) for text in (short, long))
    assert first == second


def test_crlf_does_not_count() -> None:
    assert digest(TEXT.replace("\n", "\r\n")) == digest(TEXT)


def test_what_a_type_of_another_interface_is_made_of_counts(tmp_path: Path) -> None:
    box = """import "./Types.sol";
/// @custom:deploy ()
/// @custom:initially shut: state() == Types.State.Closed
interface Box { function state() external view returns (Types.State); }
"""

    def digest_with(members: str) -> str:
        (tmp_path / "Types.sol").write_text(f"interface Types {{ enum State {{ {members} }} }}")
        return parse(tmp_path / "Box.spec.sol", box).digest

    assert digest_with("Closed, Open") != digest_with("Open, Closed")
