"""A promise of success that breaks what always holds is seen before any contract is written, and only where it does."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from specs import breaking
from specs.parse import parse
from specs.sanity import Problem, check

TEXT = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @title A fund
/// @custom:deploy (uint256 cap_)
<interface>
interface Fund {
    enum State { Open, Shut }
    struct Item { address owner; uint128 price; }

    error Dear(uint256 due);

    function cap() external view returns (uint256);
    function total() external view returns (uint256);
    function count() external view returns (uint64);
    function debt() external view returns (int256);
    function state() external view returns (State);
    function owner() external view returns (address);
    function seat(uint8 row) external view returns (uint256);
    function isMember(address who) external view returns (bool);
    function balanceOf(address who) external view returns (uint256);
    function allowance(address who, address spender) external view returns (uint256);
    function ownerOf(uint256 id) external view returns (address);
    function item(uint256 id) external view returns (Item memory);
    <view>
    function room() external view returns (uint256);

    <function>
    /// @custom:succeeds <success>
    function act(address to, uint256 amount) external payable returns (uint256 id);
}
"""
CAPPED = "invariant capped: total() <= cap()"
ACCOUNTED = "invariant accounted: sum(balanceOf) == total()"
PUT = "changes total() by +msg.value, balanceOf(msg.sender) by +msg.value"
FULL = "reverts full: total() + msg.value > cap()"


@cache
def said(interface: tuple[str, ...], function: tuple[str, ...], success: str = "otherwise", view: str = "-") -> list[str]:
    text = TEXT.replace("<interface>", "\n".join(f"/// @custom:{c}" for c in interface) or "///")
    text = text.replace("<view>", f"/// @custom:{view}" if view != "-" else "///")
    text = text.replace("<function>", "\n".join(f"/// @custom:{c}" for c in function)).replace("<success>", success)
    return [p.found for p in breaking.findings(parse(Path("Fund.spec.sol"), text))]


BROKEN: list[tuple[str, tuple[str, ...], tuple[str, ...], str]] = [
    ("a cap", (CAPPED, ACCOUNTED), (PUT,), "break capped"),
    ("a cap that is checked wrongly", (CAPPED, ACCOUNTED), (PUT, "reverts full: total() > cap()"), "break capped"),
    ("a sum", (ACCOUNTED,), ("changes total() by +1",), "break accounted"),
    ("a sum at another key", (ACCOUNTED,), ("changes balanceOf(to) by +amount, balanceOf(owner()) by -1",), "break accounted"),
    ("a value that is set", (CAPPED,), ("modifies cap()", "ensures set: cap() == amount"), "break capped"),
    ("a value that is set with others", (CAPPED,), ("modifies cap()", "ensures set: id == 1 && amount == cap()"), "break capped"),
    (
        "a transition",
        ("transition grows: total() >= old(total())",),
        ("reverts short: total() < amount", "changes total() by -amount"),
        "break grows",
    ),
    ("every key", ("invariant small: forall (address a) balanceOf(a) <= 100",), ("changes balanceOf(to) by +1",), "break small"),
    (
        "a flag",
        ("invariant empty: forall (address a) !isMember(a) || balanceOf(a) > 0",),
        ("modifies isMember(to)", "ensures in: isMember(to)"),
        "break empty",
    ),
    (
        "ether",
        ("invariant solvent: balance(this) >= total()",),
        ("reverts much: balance(this) < amount", "modifies nothing", "pays to, amount"),
        "break solvent",
    ),
    ("a definition", ("invariant space: room() > 0", CAPPED), (PUT, FULL), "break space"),
    (
        "a result that is given",
        ("invariant free: ownerOf(7) == address(0)",),
        ("modifies ownerOf(id)", "ensures made: id == amount && ownerOf(id) == to"),
        "break free",
    ),
    ("a counter", (), ("changes count() by +1",), "count() would not fit uint64"),
    ("a balance below zero", (), ("changes balanceOf(to) by -amount",), "balanceOf(to) would not fit uint256"),
    (
        "two amounts at one key",
        (),
        ("changes balanceOf(to) by -amount, balanceOf(msg.sender) by +amount", "reverts short: balanceOf(to) < amount"),
        "balanceOf(msg.sender) would not fit",
    ),
    ("a signed value", (), ("changes debt() by -1",), "debt() would not fit int256"),
    (
        "an error whose argument fits nowhere",
        (),
        ("reverts dear with Dear(amount * cap()): msg.value < amount * cap()", "modifies nothing"),
        "an argument of Dear has no value that fits",
    ),
]


@pytest.mark.parametrize(("interface", "function", "words"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_a_success_that_breaks_a_promise_is_seen(interface: tuple[str, ...], function: tuple[str, ...], words: str) -> None:
    found = said(interface, function, view="equals cap() - total()" if "room" in str(interface) else "-")
    assert any(words in x and "for instance act(" in x for x in found), found


KEPT: list[tuple[str, tuple[str, ...], tuple[str, ...], str]] = [
    ("a cap that is checked", (CAPPED, ACCOUNTED), (PUT, FULL), "otherwise"),
    ("success where there is room", (CAPPED, ACCOUNTED), (PUT,), "small: total() + msg.value <= cap()"),
    ("success that is not promised", (CAPPED, ACCOUNTED), (PUT,), "never -- who knows"),
    (
        "a sum that stays",
        (ACCOUNTED,),
        ("reverts short: balanceOf(msg.sender) < amount", "changes balanceOf(msg.sender) by -amount, balanceOf(to) by +amount"),
        "otherwise",
    ),
    ("what is left open", (CAPPED,), ("modifies cap()",), "otherwise"),
    ("what is bounded only", (CAPPED,), ("modifies cap()", "ensures low: cap() >= old(total())"), "otherwise"),
    (
        "a value that is checked",
        (CAPPED,),
        ("modifies cap()", "ensures set: cap() == amount", "reverts low: amount < total()"),
        "otherwise",
    ),
    (
        "a value that the contract chooses",
        ("invariant free: ownerOf(7) == address(0)",),
        ("modifies ownerOf(id)", "ensures made: ownerOf(id) == to"),
        "otherwise",
    ),
    ("everywhere", (ACCOUNTED,), ("modifies balanceOf(*)",), "otherwise"),
    ("a sum of few", ("invariant rows: sum(seat) == total()",), ("modifies seat(1), seat(2), total()",), "otherwise"),
    (
        "ids that are given out",
        ("invariant rest: forall (uint256 i) i >= count() ==> ownerOf(i) == address(0)",),
        (
            "reverts full: count() == type(uint64).max",
            "modifies ownerOf(id), count()",
            "ensures made: id == old(count()) && count() == old(count()) + 1 && ownerOf(id) == to",
        ),
        "otherwise",
    ),
    ("a counter that ends", (), ("reverts full: count() == type(uint64).max", "changes count() by +1"), "otherwise"),
    ("ether that an invariant bounds", ("invariant solvent: balance(this) >= total()",), ("changes total() by +msg.value",), "otherwise"),
    ("shifts", ("invariant even: total() & 1 == 0",), ("changes total() by +2", "reverts full: total() > 2 ** 250"), "otherwise"),
    (
        "an error whose argument fits wherever it is promised",
        (),
        (
            "reverts dear with Dear(amount * cap()): msg.value < amount * cap()",
            "reverts huge: amount * cap() > type(uint256).max",
            "modifies nothing",
        ),
        "otherwise",
    ),
]


@pytest.mark.parametrize(("interface", "function", "success"), [row[1:] for row in KEPT], ids=[row[0] for row in KEPT])
def test_a_success_that_breaks_nothing_is_no_finding(interface: tuple[str, ...], function: tuple[str, ...], success: str) -> None:
    assert said(interface, function, success) == []


def test_it_names_the_clause_an_example_and_what_would_be_right() -> None:
    text = TEXT.replace("<interface>", f"/// @custom:{CAPPED}").replace("<view>", "///").replace("<success>", "otherwise")
    specification = parse(Path("Fund.spec.sol"), text.replace("<function>", "/// @custom:changes total() by +msg.value"))
    (problem,) = (p for p in check(specification) if "capped" in p.found)
    assert (problem.severity, problem.clause) == ("warning", "act.succeeds")
    assert text.splitlines()[problem.position.line - 1].strip().startswith("/// @custom:succeeds")
    assert "total():" in problem.found and "cap() =" in problem.found
    assert "add a `reverts` for such calls" in problem.expected


def test_what_it_proposes_is_text_of_the_language() -> None:
    function = "/// @custom:changes total() by +(to == owner() ? 1 : 0)"
    text = TEXT.replace("<interface>", "///").replace("<view>", "///").replace("<success>", "otherwise")
    (problem,) = _about_fitting(text.replace("<function>", function))
    proposed = "reverts full: total() + (to == owner() ? 1 : 0) > type(uint256).max"
    assert f"`{proposed}`" in problem.expected
    assert _about_fitting(text.replace("<function>", f"{function}\n    /// @custom:{proposed}")) == []


def _about_fitting(text: str) -> list[Problem]:
    return [p for p in check(parse(Path("Fund.spec.sol"), text)) if "would not fit" in p.found]
