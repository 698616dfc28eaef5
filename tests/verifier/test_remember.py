"""What an engine said before is recalled only for the very same case."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from specs.parse import parse
from toolchain.sources import import_sources
from verifier import remember
from verifier.judge import Candidate, Case, JudgeOptions, prepare
from verifier.remember import key_of

FOLDER = Path(__file__).with_name("remembered")


def case_of(contract: str) -> Case:
    specification = parse(FOLDER / "Box.spec.sol")
    return prepare(specification, Candidate(import_sources(FOLDER / "Box.sol", root=FOLDER), contract), JudgeOptions())


def test_two_contracts_with_the_same_code_are_two_cases() -> None:
    good, bad = case_of("Good"), case_of("Bad")
    assert good.job.ledger.artifact == bad.job.ledger.artifact
    assert good.implementation.lemmas != bad.implementation.lemmas
    assert key_of("symbolic", good) != key_of("symbolic", bad)
    assert key_of("symbolic", good) == key_of("symbolic", case_of("Good"))


def test_what_the_specification_imports_is_part_of_the_case() -> None:
    case = case_of("Good")
    other = replace(case.job.specification, sources=(*case.job.specification.sources, ("Types.sol", "enum State { Open, Closed }")))
    assert key_of("symbolic", case) != key_of("symbolic", replace(case, job=replace(case.job, specification=other)))


def test_another_version_of_a_solver_makes_another_case(monkeypatch: pytest.MonkeyPatch) -> None:
    case = case_of("Good")
    before = key_of("symbolic", case)
    monkeypatch.setattr(remember, "python_tools", lambda: (("z3-solver", "0.0.1"),))
    remember.own_digest.cache_clear()
    try:
        assert key_of("symbolic", case) != before
    finally:
        remember.own_digest.cache_clear()
