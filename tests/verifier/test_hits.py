"""Wrong contracts of which an attacker once got something proved; each folder says in WHY.txt what is wrong with its contract.

NOT_PROVED.txt names the false obligations where others of the contract were never proved.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from specs.parse import parse
from tests.verifier.planted import is_refused
from toolchain.errors import SourceError, SpecificationError
from toolchain.sources import import_sources
from verifier.engines.horn import engine as horn
from verifier.engines.job import Effort
from verifier.engines.symbolic import engine as symbolic
from verifier.engines.symbolic.engine import first_violations
from verifier.judge import Candidate, Case, EngineRun, JudgeOptions, inspect_case, prepare
from verifier.result import Result
from verifier.verdict import conclude

HITS = sorted(p for p in Path(__file__).with_name("hits").iterdir() if p.is_dir())
TOGETHER = 12  # a process of the engine answers several


def case_of(folder: Path) -> Case | None:
    """Return the case of a hit; None where it is refused before anything is judged."""
    source = next(p for p in folder.glob("*.sol") if not p.name.endswith(".spec.sol"))
    sources = import_sources(source, root=folder)  # a source that cannot be read would be no hit
    try:
        specification = parse(folder / f"{source.stem}.spec.sol")
        return prepare(specification, Candidate(sources, specification.name), JudgeOptions())
    except (SourceError, SpecificationError):
        return None


def named(folder: Path) -> list[str]:
    """Return the false obligations that NOT_PROVED.txt names."""
    file = folder / "NOT_PROVED.txt"
    return file.read_text().split() if file.exists() else []


def together(folders: Sequence[Path]) -> Sequence[Sequence[Path]]:
    return [folders[i : i + TOGETHER] for i in range(0, len(folders), TOGETHER)]


def asked(
    discharge_all: Callable[[Sequence[tuple[Case, Sequence[str]]]], Sequence[EngineRun]], given: Mapping[Path, tuple[Case, Sequence[str]]]
) -> dict[Path, tuple[Result, ...]]:
    """Return what one process of an engine answers of each hit; its canaries were told apart."""
    runs = discharge_all([*given.values()]) if given else ()
    assert all(c.expected == c.found for run in runs for c in run.canaries)
    return {folder: run.results for folder, run in zip(given, runs, strict=True)}


@pytest.mark.attack
@pytest.mark.parametrize("folders", together([h for h in HITS if not named(h)]), ids=lambda x: f"{x[0].name}-and-after")
def test_what_an_attacker_once_got_verified(folders: Sequence[Path]) -> None:
    """Up to the first violation, or to the end where there is none."""
    cases = {folder: case for folder in folders if (case := case_of(folder)) is not None}
    ids = {folder: [o.id for o in case.job.ledger.obligations if o.kind != "undeclared"] for folder, case in cases.items()}
    answers = first_violations([(case, ids[folder], ids[folder]) for folder, case in cases.items()], Effort()) if cases else ()
    for (folder, case), (_, outcomes) in zip(cases.items(), answers, strict=True):
        assert outcomes and "void" not in outcomes.values(), folder.name
        assert {*outcomes.values()} - {"holds"} or is_refused(case), folder.name


@pytest.mark.attack
@pytest.mark.parametrize("folders", together([h for h in HITS if named(h)]), ids=lambda x: f"{x[0].name}-and-after")
def test_what_an_attacker_once_got_proved(folders: Sequence[Path]) -> None:
    """What is false is asked alone; where it holds by itself, the whole contract is, and it must lean on what does not."""
    cases = {folder: case for folder in folders if (case := case_of(folder)) is not None}
    alone = asked(symbolic.discharge_all, {folder: (case, named(folder)) for folder, case in cases.items()})
    by_horn = [folder for folder in cases if "the Horn engine proved it" in (folder / "WHY.txt").read_text()]
    others = asked(horn.discharge_all, {folder: (cases[folder], named(folder)) for folder in by_horn})
    held = [f for f in cases if any(r.outcome == "holds" for r in (*alone[f], *others.get(f, ())))]
    whole = asked(symbolic.discharge_all, {folder: (cases[folder], ()) for folder in held})
    for folder in held:
        verdicts = conclude(cases[folder].job.ledger, [*whole[folder], *others.get(folder, ()), *inspect_case(cases[folder]).results])
        assert all(verdicts[id].status != "PROVED" for id in named(folder)), folder.name


def test_there_are_hits() -> None:
    assert len(HITS) >= 90
