"""Getters that the contract does not have: who says how they are read, what may be said, and what is proved of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from specs.parse import parse
from specs.specification import Specification
from tests.verifier.test_symbolic import of, results
from toolchain.solc import compile_sources
from verifier.engines import fuzz
from verifier.engines.horn.engine import state
from verifier.implementation import Implementation, read
from verifier.judge import inspect_case

HEAD = "// SPDX-License-Identifier: MIT\npragma solidity ^0.8.24;\n"
PROMISE = f"""{HEAD}/// @custom:initially zero: n() == 0
interface Thing {{
    /// @custom:abstract
    function n() external view returns (uint256);
    /// @custom:abstract
    function by(address who) external view returns (uint256);
    function last() external view returns (address);
    /// @custom:reverts full: n() == type(uint256).max || by(msg.sender) == type(uint256).max
    /// @custom:changes up: n() by +1, by(msg.sender) by +1
    /// @custom:modifies last()
    /// @custom:ensures who: last() == msg.sender
    /// @custom:succeeds otherwise
    function bump() external;
}}
"""
BODY = """
    uint256 internal count;
    mapping(address => uint256) private _by;
    address public last;
    uint256 transient passing;
    function() internal view returns (uint256) f;
    function total() internal view returns (uint256) { return count; }
    function now_() internal view returns (uint256) { return block.timestamp; }
    function raw() internal view returns (uint256 r) { assembly { r := tload(0) } }
    function mine() internal view returns (uint256) { return _by[msg.sender]; }
    function bump() external { count += 1; _by[msg.sender] += 1; last = msg.sender; }
"""


@pytest.fixture(scope="module")
def promise() -> Specification:
    return parse(Path("Thing.spec.sol"), PROMISE)


def said(promise: Specification, *lines: str, body: str = BODY) -> Implementation:
    comment = "\n".join(f"/// @custom:{line}" for line in lines)
    compilation = compile_sources({"Thing.sol": f"{HEAD}{comment}\ncontract Thing {{{body}}}\n"})
    return read(compilation, compilation.contract("Thing"), promise)


def test_how_a_getter_is_read(promise: Specification) -> None:
    found = said(promise, "is n():\n///     total()  + 0 -- as it is kept", "is by(a): _by[a]")
    assert (found.problems, found.beyond) == ((), ())
    assert found.probe is not None
    assert [(d.getter, d.head, d.text, d.signature, d.place) for d in found.definitions] == [
        ("n()", "n()", "total() + 0", "solwright_is_n()", "Thing.sol:3:5"),
        ("by(address)", "by(address a)", "_by[a]", "solwright_is_by(address)", "Thing.sol:5:5"),
    ]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("is n() count", "Thing.sol:3:5: `@custom:is n() count` is no definition: write `@custom:is getter(a): expression`"),
        ("is m(): count", "`is` of m, which the specification does not know: abstract: by, n"),
        ("is last(): address(0)", "`is` of last, which is not abstract in the specification: the contract must have that function itself"),
        ("is bump(): 0", "`is` of bump, which the specification does not know"),
        ("is by(): count", "`is` of by with 0 parameters, where it has 1"),
        ("is by(last): _by[last]", "the parameter `last` in `is` of by is no name, or one that is taken: choose another"),
        ("is by(address a): _by[a]", "the parameter `address a` in `is` of by is no name"),
        ("is n(): 1; } function x() external { count = 2", "is no expression: 1; }"),
        ("is n(): count /* }", "is no expression"),
        ("is n(): count = 2", "Thing.sol:3:5: `is` of n does not compile: Function cannot be declared as view"),
        ("is n(): last", "`is` of n does not compile: Return argument type address is not implicitly convertible"),
        ("is n(): count + \u0441ount", "`is` of n has a character that is not plain ASCII"),
    ],
)
def test_what_is_no_definition(line: str, problem: str, promise: Specification) -> None:
    found = said(promise, line)
    assert found.probe is None
    assert problem in " ".join(found.problems)


def test_a_getter_has_one_reading(promise: Specification) -> None:
    assert "a second `is` of n: keep one" in said(promise, "is n(): count", "is n(): 7").problems[0]
    shown = said(promise, "is n(): 7", body=f"{BODY} function n() external view returns (uint256) {{ return count; }}")
    assert "`is` of n, which is a function of the contract: leave one of them out" in shown.problems[0]
    above = said(promise, body=BODY.replace("function bump", "/// @custom:is n(): 7\n    function bump"))
    assert "@custom:is above `bump` is read by nobody" in above.problems[0]


@pytest.mark.attack
@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ("block.timestamp", "block.timestamp"),
        ("now_()", "block.timestamp"),
        ("block.number + count", "block.number"),
        ("block.chainid", "block.chainid"),
        ("uint256(uint160(msg.sender))", "message.sender"),
        ("mine()", "message.sender"),
        ("tx.gasprice", "transaction.gasprice"),
        ("address(this).balance", ".balance"),
        ("address(this).code.length", ".code"),
        ("gasleft()", "outside"),
        ("uint256(blockhash(1))", "outside"),
        ("passing", "transient storage"),
        ("raw()", "transient storage"),
        ("Thing(last).other()", "outside"),
        ("this.other()", "outside"),
        ("uint160(address(new Other()))", ""),
        ("f()", "function as a value"),
    ],
)
def test_what_a_definition_may_not_read(text: str, reads: str, promise: Specification) -> None:
    other = "function other() external view returns (uint256) { return count; }"
    found = said(promise, f"is n(): {text}", body=f"{BODY} {other} }} contract Other {{")
    assert found.probe is None
    assert found.problems if not reads else reads in " ".join(found.beyond)


def thing(tmp_path: Path, *definitions: str, body: str = BODY, promised: str = PROMISE):  # type: ignore[no-untyped-def]
    comment = "\n".join(f"/// @custom:{line}" for line in definitions)
    return of(f"{HEAD}{comment}\ncontract Thing {{{body}}}\n", promised, tmp_path)


PLAIN = "uint256 internal count; mapping(address => uint256) private _by; address public last;"
BUMP = "function bump() external { count += 1; _by[msg.sender] += 1; last = msg.sender; }"
RIGHT = ("is n(): count", "is by(a): _by[a]")


def test_what_it_has_not_is_read_from_its_state(tmp_path: Path) -> None:
    case = thing(tmp_path, *RIGHT, body=PLAIN + BUMP)
    asked = ("bump.full", "bump.up", "bump.succeeds", "bump.frame(by)", "bump.reachable", "stable(frame(by))", "constructor.zero")
    assert {r.outcome for r in results(case, asked).values()} == {"holds"}
    assert case.job.ledger.assumptions[:2] == (
        "n() is read as: count (the contract has no such function; its writer says so)",
        "by(address a) is read as: _by[a] (the contract has no such function; its writer says so)",
    )
    assert not [f for f in inspect_case(case).findings if f.severity == "refutes"]
    tested = tuple(fuzz.discharge(case.job))
    assert {(r.outcome, r.strength) for r in tested} == {("unknown", "none")}
    assert tested[0].reason == "tests read getters that the contract has, and it does not have n(), by(address)"
    stated = state(case.job.specification, case.job.compilation, case.job.contract, case.job.ledger.obligations)
    assert (stated.batches, {*stated.refused.values()}) == (
        (),
        {"the contract does not have n(), and this engine reads getters that it has"},
    )


LOOP = "function up() internal view returns (uint256 r) { for (uint256 i = 0; i < count; i++) r += 1; }"
THIEF = PROMISE.replace(
    "    /// @custom:reverts full",
    "    /// @custom:modifies nothing\n    /// @custom:succeeds otherwise\n    fallback() external;\n    /// @custom:reverts full",
)
STEAL = "fallback() external { if (msg.sig == bytes4(keccak256('n()'))) count = 7; }"


@pytest.mark.attack
@pytest.mark.parametrize(
    ("definitions", "body", "promised", "obligation", "outcomes"),
    [
        (("is n(): 0", RIGHT[1]), PLAIN + BUMP, PROMISE, "bump.up", {"violated"}),
        (("is n(): count / 0", RIGHT[1]), PLAIN + BUMP, PROMISE, "bump.up", {"violated", "unknown"}),
        (("is n(): up()", RIGHT[1]), PLAIN + BUMP + LOOP, PROMISE, "bump.up", {"unknown", "holds/bounded"}),
        (("is n(): block.timestamp", RIGHT[1]), PLAIN + BUMP, PROMISE, "stable(frame(n))", {"unknown"}),
        (RIGHT, PLAIN + BUMP.replace("_by[msg.sender] += 1", "_by[last] += 1"), PROMISE, "bump.frame(by)", {"violated"}),
        (RIGHT, PLAIN + BUMP + STEAL, THIEF, "fallback.frame(n)", {"violated"}),
        (RIGHT, PLAIN + BUMP + STEAL, PROMISE, "selector", {"violated"}),
        (("is n(): count", "is by(a): block.number"), PLAIN + BUMP, PROMISE, "bump.up", {"unknown"}),
    ],
)
def test_a_definition_makes_nothing_true(
    definitions: tuple[str, ...], body: str, promised: str, obligation: str, outcomes: set[str], tmp_path: Path
) -> None:
    found = results(thing(tmp_path, *definitions, body=body, promised=promised), [obligation])[obligation]
    assert f"{found.outcome}/{found.strength}" != "holds/proof"
    assert found.outcome in outcomes or f"{found.outcome}/{found.strength}" in outcomes


def test_what_is_neither_there_nor_said_is_a_finding(tmp_path: Path) -> None:
    case = thing(tmp_path, RIGHT[0], body=PLAIN + BUMP)
    refused = [f for f in inspect_case(case).findings if f.severity == "refutes"]
    assert [f.check for f in refused] == ["missing-definition"]
    assert "write `@custom:is by(who): …` above the contract" in refused[0].message
    shown = PLAIN.replace("count;", "public n;").replace("private _by", "public by").replace("internal public", "public")
    real = thing(tmp_path, body=shown + BUMP.replace("count", "n").replace("_by", "by"))
    assert not [f for f in inspect_case(real).findings if f.severity == "refutes"]
    assert real.implementation.definitions == ()
    assert not fuzz.abstention(real.job.specification, real.job.contract)
