"""Every contract of the corpus gets the verdict that its header states.

Right contracts are judged whole by the symbolic engine, and each must be proved. Of wrong ones the obligations that the header names are
judged: at least one of them must not be proved, which is what keeps `verify` from saying *verified* and what its report names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from specs.parse import parse
from toolchain.sources import import_sources
from verifier.engines.job import Effort
from verifier.engines.symbolic.engine import discharge, discharge_all
from verifier.judge import Candidate, Case, JudgeOptions, inspect_case, prepare
from verifier.verdict import Verdict, conclude

HERE = Path(__file__).parent
HEADER = re.compile(r"^// expect: (verified|not-verified|incomplete)(?: ([^\n]*?))?(?: -- [^\n]*)?$", re.MULTILINE)
EFFORT = Effort(time_s=1800, obligation_s=400, solver_s=30)  # whoever tests may have little of the machine


@dataclass(frozen=True, slots=True)
class Expectation:
    verdict: str
    obligations: tuple[str, ...]


def files(folder: str) -> list[Path]:
    return sorted(HERE.glob(f"*/{folder}/*.sol"))


def expectation(path: Path) -> Expectation:
    found = HEADER.search(path.read_text())
    assert found is not None, f"{path} has no header"
    names = tuple(n.strip() for n in (found[2] or "").split(",") if n.strip())
    return Expectation(found[1], names)


def case_of(path: Path) -> Case:
    specification = parse(next(path.parents[1].glob("*.spec.sol")))
    tree = import_sources(path, root=path.parents[1])
    return prepare(specification, Candidate(tree, specification.name), JudgeOptions(effort=EFFORT))


def judged(case: Case) -> Mapping[str, Verdict]:
    run = discharge(case)
    assert all(c.expected == c.found for c in run.canaries)
    return conclude(case.job.ledger, [*run.results, *inspect_case(case).results])


def named(verdicts: Mapping[str, Verdict], ids: Sequence[str]) -> Iterator[Verdict]:
    """Yield the verdicts that a header names; a lemma's obligation is named without `lemma.`."""
    for id in ids:
        function, _, rest = id.partition(".")
        for name in (id, f"{function}.lemma.{rest}", id.replace("stable(", "stable(lemma.")):
            if name in verdicts:
                yield verdicts[name]


def wanted(case: Case, ids: Sequence[str]) -> list[str]:
    known = {o.id for o in case.job.ledger.obligations}
    out = []
    for id in ids:
        function, _, rest = id.partition(".")
        out += [n for n in (id, f"{function}.lemma.{rest}", id.replace("stable(", "stable(lemma.")) if n in known]
    return list(dict.fromkeys(out))


@pytest.mark.corpus
@pytest.mark.parametrize("path", files("proved"), ids=lambda p: f"{p.parents[1].name}-{p.stem}")
def test_right_contracts_are_proved(path: Path) -> None:
    assert expectation(path).verdict == "verified"
    verdicts = judged(case_of(path))
    open_ones = {v.obligation: v.reason for v in verdicts.values() if v.status != "PROVED"}
    assert not open_ones


@pytest.mark.corpus
@pytest.mark.parametrize("kind", sorted({p.parents[1].name for p in files("refuted")}))
def test_wrong_contracts_are_not_verified(kind: str) -> None:
    paths = [p for p in files("refuted") if p.parents[1].name == kind]
    asked = [_question(path) for path in paths]
    kept = []
    for path, (case, ids), run in zip(paths, asked, discharge_all(asked), strict=True):
        assert all(c.expected == c.found for c in run.canaries)
        verdicts = conclude(case.job.ledger, [*run.results, *inspect_case(case).results])
        if all(v.status == "PROVED" for v in named(verdicts, expectation(path).obligations)):
            kept.append(f"{path.name} keeps {ids}")
    assert not kept


def _question(path: Path) -> tuple[Case, list[str]]:
    """Return the case and the obligations that its header names; nothing leans on what is not asked."""
    expected = expectation(path)
    assert expected.verdict == "not-verified"
    assert expected.obligations
    case = case_of(path)
    ids = wanted(case, expected.obligations)
    assert ids, f"{path} names obligations that are not in the ledger: {expected.obligations}"
    if any(id.endswith(".atomic") for id in ids):
        ids += dict(case.job.ledger.groups)["lock"]
    rows = tuple(replace(o, leans_on=("lock",) if o.kind == "atomic" else ()) for o in case.job.ledger.obligations)
    return replace(case, job=replace(case.job, ledger=replace(case.job.ledger, obligations=rows))), ids


@pytest.mark.corpus
@pytest.mark.parametrize("path", files("unknown"), ids=lambda p: f"{p.parents[1].name}-{p.stem}")
def test_what_engines_cannot_prove_is_not_verified(path: Path) -> None:
    assert expectation(path).verdict == "incomplete"
    verdicts = judged(case_of(path))
    assert any(v.status != "PROVED" for v in verdicts.values())
    assert not any(v.status == "REFUTED" for v in verdicts.values())
