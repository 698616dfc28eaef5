"""Loops: what their headers say that this engine proves, and no false promise of a wrong contract among it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from specs.parse import parse
from toolchain.sources import import_sources
from verifier.engines.horn.engine import discharge
from verifier.engines.job import Effort
from verifier.judge import Candidate, Case, JudgeOptions, judge_case, prepare

LOOPS = Path(__file__).resolve().parents[2] / "corpus" / "loops"
PROVED = re.compile(r"^// PROVED by horn: (.*)$", re.MULTILINE)
BROKEN = re.compile(r"^// expect: not-verified (.*)$", re.MULTILINE)
WHOLE = JudgeOptions(effort=Effort(time_s=1800, obligation_s=400), engines=("symbolic", "horn"), reach=False)


def case_of(path: Path, options: JudgeOptions = JudgeOptions()) -> Case:  # noqa: B008 — frozen
    specification = parse(next(path.parents[1].glob("*.spec.sol")))
    return prepare(specification, Candidate(import_sources(path, root=path.parents[1]), specification.name), options)


def names(pattern: re.Pattern[str], path: Path) -> set[str]:
    found = pattern.search(path.read_text())
    assert found is not None, f"{path} has no header"
    return set(found[1].split(", ")) - {"nothing"}


@pytest.mark.corpus
@pytest.mark.parametrize("path", sorted([*LOOPS.glob("*/proved/*.sol"), *LOOPS.glob("*/unknown/*.sol")]), ids=lambda p: p.stem)
def test_what_the_header_names_is_proved(path: Path) -> None:
    run = discharge(case_of(path), only=[*names(PROVED, path)] or ["none"])
    assert all(c.expected == c.found for c in run.canaries)
    assert {r.obligation for r in run.results if (r.outcome, r.strength) == ("holds", "proof")} == names(PROVED, path)


@pytest.mark.corpus
@pytest.mark.parametrize("path", sorted(LOOPS.glob("*/proved/*.sol")), ids=lambda p: p.stem)
def test_right_contracts_are_proved_by_the_engines_together(path: Path) -> None:
    judgement = judge_case(case_of(path, WHOLE), WHOLE)
    assert all(c.expected == c.found for c in judgement.canaries)
    assert not {v.obligation: v.reason for v in judgement.verdicts.values() if v.status != "PROVED"}


@pytest.mark.corpus
@pytest.mark.parametrize("path", sorted(LOOPS.glob("*/refuted/*.sol")), ids=lambda p: p.stem)
def test_what_is_broken_is_not_proved(path: Path) -> None:
    run = discharge(case_of(path), only=[*names(BROKEN, path)])
    assert all(c.expected == c.found for c in run.canaries)
    assert {r.obligation for r in run.results} == names(BROKEN, path), "it was not asked"
    assert {r.outcome for r in run.results} == {"unknown"}
