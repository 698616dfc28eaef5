"""What is not proved says what was reached, why it stops there, and what can be done."""

from __future__ import annotations

from pathlib import Path

import pytest

from specs.parse import parse
from toolchain.sources import import_sources
from verifier.engines.symbolic.engine import discharge
from verifier.engines.symbolic.reasons import explain, not_inductive
from verifier.judge import Candidate, Case, JudgeOptions, prepare
from verifier.result import NO_LOCK

SPECIFICATION = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @title Things
/// @custom:deploy ()
interface Thing {
    function total() external view returns (uint256);
    function counted() external view returns (uint256);
    /// @custom:ensures up: total() >= old(total())
    /// @custom:modifies total(), counted()
    /// @custom:succeeds otherwise
    function add(uint256 n) external;
    /// @custom:modifies total()
    /// @custom:succeeds otherwise
    function note(string calldata text, uint256[] calldata ids) external;
}
"""
SOURCE = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Thing {
    uint256 public total;
    uint256[] private _all;
    function counted() external view returns (uint256 n) {
        for (uint256 i = 0; i < _all.length; i++) n += _all[i];
    }
    function add(uint256 n) external {
        for (uint256 i = 0; i < n; i++) {
            unchecked { total += i % 2; }
        }
    }
    function note(string calldata, uint256[] calldata) external { total = 1; }
}
"""


@pytest.fixture
def case(tmp_path: Path) -> Case:
    (tmp_path / "Thing.spec.sol").write_text(SPECIFICATION)
    (tmp_path / "Thing.sol").write_text(SOURCE)
    tree = import_sources(tmp_path / "Thing.sol", root=tmp_path)
    return prepare(parse(tmp_path / "Thing.spec.sol"), Candidate(tree, "Thing"), JudgeOptions())


CASES = [
    (
        "loops were followed 4 times",
        "add.up",
        ("(the loop at Thing.sol:10)", "more turns is not seen", "docs/horn.md"),
    ),
    ("loops were followed 4 times", "note.pays", ("a loop that the compiler makes",)),
    ("dynamic arguments of 0, 32, 65 bytes", "note.pays", ("(string text, uint256[] ids)", "other lengths are not seen", "bytes32")),
    ("a getter has a loop that was not followed to its end", "add.up", ("(the loop at Thing.sol:7)", "running total")),
    ("solver: time limit", "add.up", ("within 30 s", "products and divisions", "--timeout", "lemma")),
    ("time limit", "add.up", ("all promises of add together have 120 s", "--timeout")),
    ("time limit of 120 s", "add.up", ("following every path of add took longer",)),
    ("no successful call was found: time limit", "add.reachable", ("together have 120 s",)),
    ("memory limit of 3072 MB", "add.up", ("split the function",)),
    ("no path speaks of it", "add.up", ("look at add.reachable",)),
    ("a path could not be followed: CREATE", "add.up", ("no model for it",)),
    ("strangers return 0, 32 or 64 bytes, and the code looks at what they return", "add.up", ("do not decode",)),
]


@pytest.mark.parametrize(("reason", "id", "parts"), CASES)
def test_a_reason_says_what_it_means_and_what_to_do(case: Case, reason: str, id: str, parts: tuple[str, ...]) -> None:
    said = explain(reason, id, case)
    assert said.startswith(reason)  # as docs/verdicts.md has it
    assert "—" in said or "compiler" in said
    for part in parts:
        assert part in said, said


def test_a_bound_names_its_loop(case: Case) -> None:
    found = {r.obligation: r for r in discharge(case, only=["add.succeeds"]).results}["add.succeeds"]
    assert (found.outcome, found.strength) == ("holds", "bounded"), found.reason
    assert found.bound == "loops were followed 4 times"
    assert "Thing.sol:10" in found.reason


GUARDED = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
import {ReentrancyGuard} from "@openzeppelin/contracts/utils/ReentrancyGuard.sol";
LOCK
contract Thing is ReentrancyGuard {
    uint256 public total;
    uint256 public counted;
    function add(uint256 n) external nonReentrant { total += n; }
    function note(string calldata, uint256[] calldata) external { total = 1; }
}
"""


@pytest.mark.parametrize("declared", [False, True])
def test_a_guard_that_is_no_declared_lock_is_named(declared: bool, tmp_path: Path) -> None:
    (tmp_path / "Thing.spec.sol").write_text(SPECIFICATION)
    (tmp_path / "Thing.sol").write_text(GUARDED.replace("LOCK", "/// @custom:lock _reentrancyGuardEntered()" if declared else ""))
    tree = import_sources(tmp_path / "Thing.sol", root=tmp_path)
    case = prepare(parse(tmp_path / "Thing.spec.sol"), Candidate(tree, "Thing"), JudgeOptions())
    said = {id: not_inductive(id, case) for id in ("add.succeeds", "add.up", "note.succeeds")}
    assert all(reason.startswith("not inductive: a state that no invariant or lemma excludes breaks it") for reason in said.values())
    assert [id for id, reason in said.items() if reason.endswith(f"the guard nonReentrant may be entered in it: {NO_LOCK}")] == (
        [] if declared else ["add.succeeds"]
    )
