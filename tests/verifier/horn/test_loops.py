"""Loops: what their headers say that this engine proves, and no false promise of a wrong contract among it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from specs.parse import parse
from toolchain.sources import import_sources
from verifier.engines.horn.engine import ask, canary_batches, discharge_all, state
from verifier.engines.horn.system import System
from verifier.engines.horn.worker import Batch
from verifier.engines.job import Effort
from verifier.engines.symbolic import engine as symbolic
from verifier.judge import Candidate, Case, JudgeOptions, inspect_case, prepare
from verifier.verdict import conclude

LOOPS = Path(__file__).resolve().parents[2] / "corpus" / "loops"
PROVED = re.compile(r"^// PROVED by horn: (.*)$", re.MULTILINE)
BROKEN = re.compile(r"^// expect: not-verified (.*)$", re.MULTILINE)
OPTIONS = JudgeOptions(effort=Effort(time_s=1800, obligation_s=400, solver_s=30))  # whoever tests may have little of the machine
LITTLE = JudgeOptions(effort=replace(OPTIONS.effort, solver_s=5))  # for what nobody proves, however long it is tried
SOON = replace(OPTIONS.effort, horn_s=2)  # what z3 proves of these loops, it proves in less


def case_of(path: Path, options: JudgeOptions = OPTIONS) -> Case:
    specification = parse(next(path.parents[1].glob("*.spec.sol")))
    return prepare(specification, Candidate(import_sources(path, root=path.parents[1]), specification.name), options)


def names(pattern: re.Pattern[str], path: Path) -> set[str]:
    found = pattern.search(path.read_text())
    assert found is not None, f"{path} has no header"
    return set(found[1].split(", ")) - {"nothing"}


def groups(paths: Sequence[Path], size: int) -> list[list[Path]]:
    """Deal contracts to so many processes of the engines, which tell their canaries apart once for all that they are given."""
    return [[*paths[n::size]] for n in range(size)]


def named(paths: Sequence[Path]) -> str:
    return f"{paths[0].stem}-and-others"


def unproved(paths: Sequence[Path], options: JudgeOptions = OPTIONS) -> dict[str, set[str]]:
    """Return what is left open of each where this engine is asked what the header names, all of which it proves, and symbolic the rest."""
    cases = [case_of(path, options) for path in paths]
    asked = [names(PROVED, path) for path in paths]
    runs = discharge_all([(case, [*mine] or ["none"]) for case, mine in zip(cases, asked, strict=True)])
    left = [[o.id for o in c.job.ledger.obligations if o.id not in mine] for c, mine in zip(cases, asked, strict=True)]
    others = symbolic.discharge_all([*zip(cases, left, strict=True)])
    found: dict[str, set[str]] = {}
    for path, case, run, other in zip(paths, cases, runs, others, strict=True):
        assert all(c.expected == c.found for c in (*run.canaries, *other.canaries))
        assert {r.obligation for r in run.results if (r.outcome, r.strength) == ("holds", "proof")} == names(PROVED, path)
        verdicts = conclude(case.job.ledger, [*run.results, *other.results, *inspect_case(case).results])
        found[path.stem] = {v.obligation for v in verdicts.values() if v.status != "PROVED"}
    return found


@pytest.mark.corpus
@pytest.mark.parametrize("paths", groups(sorted(LOOPS.glob("*/proved/*.sol")), 2), ids=named)
def test_right_contracts_are_proved_by_both_engines_together(paths: Sequence[Path]) -> None:
    assert unproved(paths) == {path.stem: set() for path in paths}


@pytest.mark.corpus
def test_what_the_header_names_is_proved_and_what_it_calls_open_is_open() -> None:
    paths = sorted(LOOPS.glob("*/unknown/*.sol"))
    assert unproved(paths, LITTLE) == {
        path.stem: {path.read_text().split("// OPEN: ", 1)[1].split(" ", 1)[0].removesuffix(":")} for path in paths
    }


@pytest.mark.corpus
@pytest.mark.parametrize("paths", groups(sorted(LOOPS.glob("*/refuted/*.sol")), 3), ids=named)
def test_what_is_broken_is_not_proved(paths: Sequence[Path]) -> None:
    """Several in one process of the engine, which tells its canaries apart before them."""
    batches = [*canary_batches()]
    for path in paths:
        job, broken = case_of(path).job, names(BROKEN, path)
        stated = state(job.specification, job.compilation, job.contract, job.ledger.obligations, broken)
        assert {s.obligation for b in stated.batches for s in b.systems} == broken, "it was not asked"
        batches += [Batch(tuple(System(f"{path.stem}: {s.obligation}", s.text) for s in b.systems)) for b in stated.batches]
    found = {row["obligation"]: row["outcome"] for row in ask(batches, SOON) if "obligation" in row}
    assert (found.pop("canary:bump.wrong"), found.pop("canary:bump.right")) == ("refuted", "proved")
    assert found.keys() == {f"{path.stem}: {id}" for path in paths for id in names(BROKEN, path)}
    assert {*found.values()} <= {"refuted", "open"}
