"""What the symbolic engine proves although it follows loops for some turns and arguments of some lengths only, and what it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from specs.parse import parse
from toolchain.sources import import_sources
from verifier.engines.symbolic.engine import discharge
from verifier.engines.symbolic.opcodes import EVERYTHING, instructions
from verifier.judge import Candidate, Case, JudgeOptions, prepare
from verifier.result import Result
from verifier.runtime import Immutable, Runtime

SPECIFICATION = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @title Things
/// @custom:deploy ()
interface Thing {
    error Large(uint256 n);
    function total() external view returns (uint256);
    function counted() external view returns (uint256);
    /// @custom:reverts large with Large(n): n > 1000
    /// @custom:modifies total()
    /// @custom:emits nothing
    /// @custom:succeeds otherwise
    function add(uint256 n) external;
    /// @custom:modifies total(), counted()
    /// @custom:succeeds never -- it depends
    function note(uint256[] calldata ids) external;
}
"""
SOURCE = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Thing {
    error Large(uint256 n);
    uint256 public total;
    uint256[] private _all;
    function counted() external view returns (uint256 n) {
        for (uint256 i = 0; i < _all.length; i++) n += _all[i];
    }
    function add(uint256 n) external {
        if (n > 1000) revert Large(n);
        for (uint256 i = 0; i < n; i++) { unchecked { total += i; } }
    }
    function note(uint256[] calldata ids) external {
        for (uint256 i = 0; i < ids.length; i++) _all.push(ids[i]);
    }
}
"""
LATE = (
    ("if (n > 1000) revert Large(n);\n", ""),
    ("{ unchecked { total += i; } }\n", "{ unchecked { total += i; } }\n if (n > 1000) revert Large(n);\n"),
)
ASKED = ("add.pays", "add.nonpayable", "add.large", "add.emits", "add.succeeds", "note.pays", "note.nonpayable")


def case_of(folder: Path, *edits: tuple[str, str]) -> Case:
    source = SOURCE
    for old, new in edits:
        assert old in source
        source = source.replace(old, new)
    (folder / "Thing.spec.sol").write_text(SPECIFICATION)
    (folder / "Thing.sol").write_text(source)
    tree = import_sources(folder / "Thing.sol", root=folder)
    return prepare(parse(folder / "Thing.spec.sol"), Candidate(tree, "Thing"), JudgeOptions())


def answers(folder: Path, only: tuple[str, ...], *edits: tuple[str, str]) -> dict[str, Result]:
    run = discharge(case_of(folder, *edits), only=only)
    assert all(c.expected == c.found for c in run.canaries)
    return {r.obligation: r for r in run.results}


def strengths(found: dict[str, Result]) -> dict[str, str]:
    return {id: f"{r.outcome} {r.strength}" for id, r in found.items()}


def test_what_no_turn_and_no_length_changes_is_proved(tmp_path: Path) -> None:
    found = answers(tmp_path, (*ASKED, "stable(frame(counted))"))
    assert strengths(found) == dict.fromkeys([*ASKED, "stable(frame(counted))"], "holds proof") | {"add.succeeds": "holds bounded"}
    assert "no instruction that could send ether" in found["note.pays"].reason
    assert found["add.succeeds"].bound == "loops were followed 4 times"


def test_a_check_behind_the_loop_is_bounded(tmp_path: Path) -> None:
    assert strengths(answers(tmp_path, ("add.large", "add.nonpayable"), *LATE)) == {
        "add.large": "holds bounded",
        "add.nonpayable": "holds proof",
    }


def test_code_that_calls_logs_or_takes_value_is_no_proof(tmp_path: Path) -> None:
    ping = (
        "    event Ping();\n    function ping() external { emit Ping(); payable(msg.sender).transfer(block.timestamp); }\n    function add"
    )
    found = answers(
        tmp_path,
        ("add.pays", "add.emits", "add.nonpayable", "stable(frame(counted))"),
        ("    function add", ping),
        ("add(uint256 n) external {", "add(uint256 n) external payable {"),
    )
    assert strengths(found) == {
        "add.pays": "holds bounded",
        "add.emits": "holds bounded",
        "add.nonpayable": "violated proof",
        "stable(frame(counted))": "unknown none",
    }


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("6001ff", {0x60, 0xFF}),
        ("60ff00", {0x60, 0x00}),  # an operand is no instruction
        ("00f1", {0x00}),  # nothing comes behind a STOP
        ("00f15bf1", {0x00, 0x5B, 0xF1}),  # but where a jump may lead
        ("00605bf1", {0x00}),  # no jump leads into an operand
        ("fea164736f6c6343000825000a", {0xFE}),  # what the compiler puts behind its code
    ],
)
def test_instructions_that_can_run(code: str, found: set[int]) -> None:
    assert instructions(Runtime(code, ())) == found


def test_an_immutable_that_is_no_operand_may_be_any_instruction() -> None:
    code = "7f" + "00" * 32 + "00"
    assert instructions(Runtime(code, (Immutable("x", 1, 32),))) == {0x7F, 0x00}
    assert instructions(Runtime(code, (Immutable("x", 2, 32),))) == EVERYTHING
