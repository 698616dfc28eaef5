"""A function that is like another one: what is promised of it, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from specs import formula as f
from specs import specification as s
from specs.compare import compare
from specs.parse import expressions, parse
from specs.render import describe
from specs.sanity import check
from specs.text import to_text
from toolchain.errors import SpecificationError

PATH = Path("Till.spec.sol")
TEXT = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @custom:initially empty: forall (address a) held(a) == 0
/// @custom:invariant kept: owner() != address(0)
interface Till {
    event Moved(address from, address to, uint256 amount, bytes4 how);
    error Short(uint256 asked);

    function held(address who) external view returns (uint256);
    function owner() external view returns (address);
    function small() external view returns (uint8);

    <before>
    /// @custom:reverts short with Short(amount): held(msg.sender) < amount -- nobody moves more than they have
    /// @custom:reverts full: msg.sender != to && held(to) + amount > type(uint256).max
    /// @custom:changes moved: held(msg.sender) by -amount, held(to) by +amount
    /// @custom:emits Moved(msg.sender, to, amount, msg.sig) when amount > 0
    /// @custom:ensures less: to != msg.sender ==> held(msg.sender) == old(held(msg.sender)) - amount
    /// @custom:ensures others: forall (address other) other != to && other != msg.sender ==> held(other) == old(held(other))
    /// @custom:ensures told: done
    /// @custom:succeeds otherwise
    function move(address to, uint256 amount) external returns (bool done);

    <clauses>
    function moveAll(address receiver, uint8 part) external returns (bool ok);
}
"""
ALL = "/// @custom:like move(receiver, held(msg.sender))"


def text_of(*clauses: str, before: str = "///") -> str:
    return TEXT.replace("<before>", before).replace("<clauses>", "\n    ".join(f"/// @custom:{c}" for c in clauses) or "///")


def made(*clauses: str, before: str = "///") -> s.Specification:
    return parse(PATH, text_of(*clauses, before=before))


def said(spec: s.Specification, title: str = "moveAll") -> dict[str, list[str]]:
    function = next(x for x in spec.functions if x.title == title)
    return {c.id: [to_text(e) for e in expressions(c)] for c in function.clauses}


def test_the_clauses_stand_there_with_the_arguments() -> None:
    mine = "held(msg.sender)"
    assert said(made(f"like move(receiver, {mine})", "ensures gone: receiver != msg.sender ==> held(msg.sender) == 0")) == {
        "short": [f"{mine} < {mine}", mine],
        "full": [f"msg.sender != receiver && held(receiver) + {mine} > type(uint256).max"],
        "moved": [mine, mine, "held(receiver)", mine],
        "emits": ["msg.sender", "receiver", mine, f'bytes4(hex"{selector("move")}")', f"{mine} > 0"],
        "less": [f"receiver != msg.sender ==> {mine} == old({mine}) - old({mine})"],
        "others": ["forall (address other) other != receiver && other != msg.sender ==> held(other) == old(held(other))"],
        "told": ["ok"],
        "succeeds": [],
        "gone": [f"receiver != msg.sender ==> {mine} == 0"],
    }


def selector(name: str) -> str:
    return next(x.selector for x in made().functions if x.name == name)


def test_an_argument_keeps_the_type_of_its_parameter_and_is_none_where_it_does_not_fit() -> None:
    assert said(made("like move(receiver, part)"))["short"] == ["held(msg.sender) < uint256(part)", "uint256(part)"]
    assert said(made("like move(receiver, held(receiver) + 1)"))["moved"][1] == "uint256(held(receiver) + 1)"
    assert said(made("like move(receiver, 5)"))["moved"][1] == "uint256(5)"
    assert said(made("like move(receiver, small() * part)"))["less"][0].endswith("- old(uint256(small() * part))")
    assert said(made("like move(owner(), block.timestamp)"))["less"] == [
        "old(owner()) != msg.sender ==> held(msg.sender) == old(held(msg.sender)) - block.timestamp"
    ]


def test_no_two_parts_have_one_place() -> None:
    spec = made("like move(owner(), held(owner()))")
    places = [x.position for c in spec.entries[-1].clauses for e in expressions(c) for x in f.walk(e)]
    assert len(places) == len(set(places))
    assert {c.position.line for c in spec.entries[-1].clauses} == {text_of("¦").split("¦")[0].count("\n") + 1}


def test_a_chain_and_ids() -> None:
    spec = made(
        "like move(receiver, part)", before="/// @custom:like moveAll(who, 7)\n function seven(address who) external returns (bool);"
    )
    assert said(spec, "seven")["moved"] == ["held(msg.sender)", "uint256(uint8(7))", "held(who)", "uint256(uint8(7))"]
    own = made("like move(receiver, part)", "emits Moved(receiver, receiver, 1, 0x00000000) when part > 0")
    assert [x for x in said(own) if x.startswith("emits")] == ["emits", "emits2"]
    assert next(c for c in own.entries[-1].clauses if c.id == "short").text.startswith("like move(receiver, part): reverts short with")


def test_it_promises_what_is_written_out() -> None:
    written = """reverts short with Short(held(msg.sender)): held(msg.sender) < held(msg.sender)
    /// @custom:reverts full: msg.sender != receiver && held(receiver) + held(msg.sender) > type(uint256).max
    /// @custom:changes moved: held(msg.sender) by -held(msg.sender), held(receiver) by +held(msg.sender)
    /// @custom:emits Moved(msg.sender, receiver, held(msg.sender), <selector>) when held(msg.sender) > 0
    /// @custom:ensures less: receiver != msg.sender ==> held(msg.sender) == old(held(msg.sender)) - old(held(msg.sender))
    /// @custom:ensures others: forall (address other) other != receiver && other != msg.sender ==> held(other) == old(held(other))
    /// @custom:ensures told: ok
    /// @custom:succeeds otherwise""".replace("<selector>", f'bytes4(hex"{selector("move")}")')
    like, out = made("like move(receiver, held(msg.sender))"), made(written)
    assert like.digest == out.digest
    weaker = parse(
        PATH, text_of("like move(receiver, held(msg.sender))").replace("to != msg.sender ==> held(msg.sender) ==", "held(msg.sender) <=")
    )
    lost = {row.id for row in compare(like, weaker).loses}
    assert {"moveAll.less", "move.less"} >= lost != set()


def test_what_the_arguments_exclude_is_no_mistake() -> None:
    assert [p for p in check(made("like move(receiver, held(msg.sender))")) if p.severity == "error"] == []
    impossible = check(made("like move(receiver, held(msg.sender))", "reverts never: held(msg.sender) < held(msg.sender)"))
    assert [p.clause for p in impossible if p.severity == "error"] == ["moveAll.never"]


def test_plain_words_say_both() -> None:
    lines = [str(x) for x in describe(made("like move(receiver, held(msg.sender)) -- everything at once"))]
    at = next(i for i, x in enumerate(lines) if "behaves as" in x)
    assert lines[at] == (
        "  `moveAll` behaves as move(`receiver`, the caller's `held`) does, by the same caller with the same ether, "
        "with what the arguments are before the call. So this is promised:  // everything at once"
    )
    assert lines[at + 1].startswith("  [moveAll.short] `moveAll` reverts with Short(the caller's `held`) whenever")


OTHER = "/// @custom:modifies nothing\n /// @custom:succeeds otherwise\n function "
ROUND = "/// ¦@custom:like moveAll(who, 1)\n function round(address who) external returns (bool);"
TWICE = f"{OTHER}twice(address a) external;\n{OTHER}twice(uint256 a) external;"
COUNT = f"/// @custom:ensures one: n == 1\n{OTHER}count() external returns (uint256 n);"
PAIR = f"/// @custom:ensures one: n == 1\n{OTHER}pair() external returns (bool a, uint256 n);"
BOUND = f"/// @custom:ensures x: forall (uint8 part) part < 256 && a == a\n{OTHER}move2(address a) external;"
REFUSED = [
    ("like ¦mov(receiver, 1)", "", "`like mov(…)`, which is no function", "did you mean move?"),
    ("like ¦held(receiver)", "", "no function of this interface that changes state", "functions that change state: move, moveAll"),
    ("like ¦move(receiver)", "", "move with 1 argument", "move takes 2"),
    ("like move(receiver, ¦receiver)", "", "`receiver` is an address", "amount of move must be a uint256"),
    ("like move(receiver, ¦amount)", "", "the unknown name `amount`", "known in the clause `like` of moveAll"),
    ("like move(receiver, ¦old(held(receiver)))", "", "old(…) in the clause `like`", "leave `old` out"),
    ("like move(receiver, ¦ok ? 1 : 2)", "", "the result `ok`", "known only after it"),
    ("like move(receiver, ¦moveAll(receiver, 1))", "", "a call of moveAll, which changes state", "getters"),
    ("¦@custom:like moveAll(receiver, part)", "", "a `like` that leads back to itself", "say itself"),
    ("like round(receiver)", ROUND, "leads back", ""),
    ("like ¦twice(receiver)", TWICE, "several have 1 argument", "different names"),
    ("like ¦pay()", f"{OTHER}pay() external payable;", "moveAll like pay: pay takes ether, moveAll does not", "both be payable"),
    ("¦@custom:like count()", COUNT, "does not return what `one`", "uint256"),
    ("¦@custom:like pair()", PAIR, "does not return", "number 2"),
    ("¦@custom:like move2(receiver)", BOUND, "moveAll has that name itself", "another name"),
    ("like move(receiver, 1)\n    /// @custom:reverts ¦short: part == 0", "", "the id `short`", "already used by `like move(receiver, 1)"),
    ("like move(receiver, 1)\n    /// ¦@custom:like move(receiver, 2)", "", "a second `like` at moveAll", "one other"),
    ("like move(receiver, 1)\n    /// ¦@custom:succeeds otherwise", "", "a second `succeeds otherwise`", "delete it"),
    ("like ¦receive()", "/// @custom:modifies nothing\n receive() external payable;", "`like receive(…)`", "move"),
    ("like move¦", "", "the end of the clause", "`(`"),
]


@pytest.mark.parametrize(("clause", "before", "found", "expected"), REFUSED)
def test_what_is_refused(clause: str, before: str, found: str, expected: str) -> None:
    text = text_of(clause.removeprefix("¦@custom:"), before=before or "///")
    if clause.startswith("¦@custom:"):
        text = text.replace(f"@custom:{clause.removeprefix('¦@custom:')}", clause)
    head, _, tail = text.partition("¦")
    with pytest.raises(SpecificationError) as caught:
        parse(PATH, head + tail)
    e = caught.value
    assert (e.line, e.column) == (head.count("\n") + 1, len(head) - head.rfind("\n"))
    assert found in e.found
    assert expected in e.expected


def test_a_view_is_defined_by_equals() -> None:
    text = text_of().replace("function owner()", "/// @custom:like move(address(0), 1)\n function owner()")
    with pytest.raises(SpecificationError, match="@custom:like at owner, a view function"):
        parse(PATH, text)


def test_plain_ether_may_be_like_a_function() -> None:
    deposit = "/// @custom:modifies held(msg.sender)\n /// @custom:succeeds otherwise\n function put() external payable;"
    spec = made(before=f"{deposit}\n /// @custom:like put()\n receive() external payable;")
    function = next(x for x in spec.functions if x.name == "receive")
    assert [replace(c, position=f.Position(0, 0)).id for c in function.clauses] == ["modifies", "succeeds"]
