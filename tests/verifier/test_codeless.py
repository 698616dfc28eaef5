"""What `codeless(a)` says of a call: the same as the code sees before anybody else had control, and nothing of what it sees later."""

from __future__ import annotations

from pathlib import Path

import pytest

from specs.parse import parse
from toolchain.sources import import_sources
from verifier.engines import fuzz
from verifier.engines.job import Effort
from verifier.engines.symbolic.engine import discharge
from verifier.judge import Candidate, Case, JudgeOptions, prepare

SPECIFICATION = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @title Things
/// @custom:deploy ()
interface Thing {
    error NoContract();
    function known(address who) external view returns (bool);

    /// @custom:reverts none: codeless(target)
    /// @custom:reverts refused: !codeless(target) && !accepts(target)
    /// @custom:modifies nothing
    /// @custom:succeeds otherwise
    function ping(address target) external;

    /// @custom:reverts none with NoContract(): uint160(target) > 0xffff && codeless(target)
    /// @custom:modifies nothing
    /// @custom:succeeds never -- the target may refuse
    function reach(address target) external;

    /// @custom:modifies nothing
    /// @custom:succeeds sure: uint160(target) > 0xffff && codeless(target) && accepts(msg.sender)
    function touch(address target) external;

    /// @custom:modifies known(who)
    /// @custom:ensures noted: known(who) == !codeless(who)
    /// @custom:ensures own: !codeless(address(this))
    /// @custom:succeeds otherwise
    function note(address who) external;
}
"""
SOURCE = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
interface Pinged { function ping() external; }
contract Thing {
    error NoContract();
    mapping(address => bool) public known;
    function ping(address target) external { Pinged(target).ping(); }
    function reach(address target) external {
        (bool ok,) = target.call("");
        require(ok);
        if (target.code.length == 0) revert NoContract();
    }
    function touch(address target) external {
        (bool done,) = target.call("");
        require(done);
    }
    function note(address who) external {
        bytes32 hash = who.codehash;
        known[who] = hash != 0 && hash != keccak256("");
    }
}
"""
LATE = ('(bool ok,) = target.call("");', '(bool ok,) = msg.sender.call("");')  # whoever calls may put code there
LOW = ("Pinged(target).ping();", '(bool ok,) = target.call(""); require(ok);')
HASH = (' && hash != keccak256("")', "")
FIRST = ("touch(address target) external {", 'touch(address target) external { (bool any,) = msg.sender.call(""); any;')
CLAUSES = (
    "touch.sure",
    "ping.none",
    "ping.refused",
    "ping.succeeds",
    "reach.none",
    "note.noted",
    "note.own",
    "note.frame(known)",
    "note.succeeds",
)


def case_of(folder: Path, *edits: tuple[str, str]) -> Case:
    source = SOURCE
    for old, new in edits:
        assert old in source
        source = source.replace(old, new)
    (folder / "Thing.spec.sol").write_text(SPECIFICATION)
    (folder / "Thing.sol").write_text(source)
    tree = import_sources(folder / "Thing.sol", root=folder)
    return prepare(parse(folder / "Thing.spec.sol"), Candidate(tree, "Thing"), JudgeOptions(effort=Effort(invariant_runs=64)))


def broken(case: Case) -> set[str]:
    """Return the clauses that are not proved."""
    found = {r.obligation: r for r in discharge(case, only=CLAUSES).results}
    return {id for id in CLAUSES if (found[id].outcome, found[id].strength) != ("holds", "proof")}


def test_what_the_code_sees_is_what_the_clause_says(tmp_path: Path) -> None:
    assert broken(case_of(tmp_path)) == set()


@pytest.mark.attack
def test_what_is_seen_after_somebody_had_control_and_half_a_check_are_not_proved(tmp_path: Path) -> None:
    assert broken(case_of(tmp_path, LATE, LOW, HASH, FIRST)) == {"touch.sure", "ping.none", "reach.none", "note.noted"}


@pytest.mark.attack
def test_samples_see_it_too(tmp_path: Path) -> None:
    found = {r.obligation: r for r in fuzz.discharge(case_of(tmp_path, HASH).job)}
    outcomes = {id: found[id].outcome for id in ("ping.none", "reach.none", "note.noted", "note.own", "ping.refused")}
    shown = found["note.noted"].counterexample
    assert outcomes == {
        "ping.none": "holds",
        "reach.none": "holds",
        "note.noted": "violated",
        "note.own": "holds",
        "ping.refused": "unknown",
    }
    assert shown is not None and shown.replayed and ".code.length" in shown.test
