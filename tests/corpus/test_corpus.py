"""Every contract of the corpus gets the verdict that its header states.

Right contracts are judged whole by the symbolic engine, and each must be proved. Of wrong ones the obligations that the header names are
judged: at least one of them must not be proved, which is what keeps `verify` from saying *verified* and what its report names. Beside
another contract, and where products break, samples try them first, which is cheaper by far; the symbolic engine is asked of what they
do not refute.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import compress
from pathlib import Path

import pytest

from specs.parse import parse
from toolchain.sources import import_sources
from verifier.engines.fuzz import abstention
from verifier.engines.job import Effort
from verifier.engines.symbolic.engine import discharge_all, first_violations
from verifier.harness import constants
from verifier.harness.counterexamples import key_of
from verifier.harness.project import NONE, compile_clauses, run_campaigns
from verifier.harness.runs import Campaign
from verifier.judge import Candidate, Case, JudgeOptions, inspect_case, prepare
from verifier.verdict import Verdict, conclude

HERE = Path(__file__).parent
HEADER = re.compile(r"^// expect: (verified|not-verified|incomplete)(?: ([^\n]*?))?(?: -- [^\n]*)?$", re.MULTILINE)
EFFORT = Effort(time_s=1800, obligation_s=400, solver_s=30)  # whoever tests may have little of the machine
SAMPLES = 300  # runs that end in each function which a header names
LITTLE = Effort(time_s=1800, obligation_s=60, solver_s=5)  # for what nobody proves, however long it is tried


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


def case_of(path: Path, effort: Effort = EFFORT) -> Case:
    specification = parse(next(path.parents[1].glob("*.spec.sol")))
    tree = import_sources(path, root=path.parents[1])
    return prepare(specification, Candidate(tree, specification.name), JudgeOptions(effort=effort))


def judged(paths: Sequence[Path], effort: Effort = EFFORT) -> Iterator[tuple[Path, Mapping[str, Verdict]]]:
    """Judge contracts whole by the symbolic engine, in one process of it."""
    cases = [case_of(path, effort) for path in paths]
    for path, case, run in zip(paths, cases, discharge_all([(case, ()) for case in cases]), strict=True):
        assert all(c.expected == c.found for c in run.canaries)
        yield path, conclude(case.job.ledger, [*run.results, *inspect_case(case).results])


def by_kind(folder: str, *without: str) -> pytest.MarkDecorator:
    """Parametrise a test by the contracts of a folder, those of one specification together."""
    kinds = sorted({p.parents[1] for p in files(folder)} - {HERE / name for name in without})
    return pytest.mark.parametrize("paths", [sorted((kind / folder).glob("*.sol")) for kind in kinds], ids=[kind.name for kind in kinds])


def named(path: Path, case: Case) -> list[str]:
    """Return the obligations that a header names (a lemma's without `lemma.`), and the lock's where promises of `atomic` lean on it."""
    known = {o.id for o in case.job.ledger.obligations}
    ids = []
    for id in expectation(path).obligations:
        function, _, rest = id.partition(".")
        ids += [n for n in (id, f"{function}.lemma.{rest}", id.replace("stable(", "stable(lemma.")) if n in known]
    assert ids, f"{path} names obligations that are not in the ledger: {expectation(path).obligations}"
    if any(id.endswith(".atomic") for id in ids):
        ids += dict(case.job.ledger.groups)["lock"]
    return list(dict.fromkeys(ids))


@pytest.mark.corpus
@by_kind("proved", "library-erc4626")  # test_exact_values judges what is dear of it
def test_right_contracts_are_proved(paths: Sequence[Path]) -> None:
    assert {expectation(path).verdict for path in paths} == {"verified"}
    open_ones = {f"{path.stem} {v.obligation}": v.reason for path, vs in judged(paths) for v in vs.values() if v.status != "PROVED"}
    assert not open_ones


#: Wrong contracts beside another one that samples do not refute: words of a refusal that no model says, what a model of the user's does.
UNSEEN = {"TrustsRefusals", "CutsThePrice", "GuessesWhenSilent", "KeepsThePrice", "SellsAtAnOldPrice", "TrustsTheBuyer"}

#: Kinds whose promises are products and quotients, for which a solver finds numbers slowly.
PRODUCTS = {"library-vesting"}


def broken_in_samples(case: Case, ids: Sequence[str]) -> set[str]:
    """Return the obligations that samples break which end in the functions that some obligations are about, up to the first."""
    specification, ledger = case.job.specification, case.job.ledger
    about = {ledger.obligation(id).function for id in ids}
    campaigns = [Campaign("constructor", NONE, 0, SAMPLES)] if "constructor" in about else []
    titles = [f"view {f.title}" if f.is_view else f.title for f in specification.functions]
    campaigns += [Campaign(f"function {i}", i, 8, SAMPLES) for i, title in enumerate(titles) if title in about]
    if abstention(specification, case.job.contract) or not campaigns:
        return set()
    clauses, candidate = compile_clauses(specification), constants.candidate(specification, case.job.contract)
    reports = run_campaigns(clauses, candidate, campaigns, seed=1, limit_s=120, first_only=True, threads=1, cache=None, small=False)
    keys = {clauses.harness.obligations[x.violation.id] for r in reports for x in r.findings}
    return {o.id for o in ledger.obligations if key_of(o) in keys}


@pytest.mark.corpus
@by_kind("refuted")
def test_wrong_contracts_are_not_verified(paths: Sequence[Path]) -> None:
    """Up to the first violation of what the header names."""
    assert {expectation(path).verdict for path in paths} == {"not-verified"}
    cases = [case_of(path, LITTLE) for path in paths]
    asked = [named(path, case) for path, case in zip(paths, cases, strict=True)]
    if cases[0].job.specification.environment is not None or paths[0].parents[1].name in PRODUCTS:
        open_ones = [not broken_in_samples(case, ids) & {*ids} for case, ids in zip(cases, asked, strict=True)]
        assert {path.stem for path, is_open in zip(paths, open_ones, strict=True) if is_open} <= UNSEEN
        paths, cases, asked = [*compress(paths, open_ones)], [*compress(cases, open_ones)], [*compress(asked, open_ones)]
    if not cases:
        return
    answers = first_violations([(case, ids, ids) for case, ids in zip(cases, asked, strict=True)], LITTLE)
    kept = []
    for path, case, ids, (_, outcomes) in zip(paths, cases, asked, answers, strict=True):
        assert "void" not in outcomes.values()
        inspected = {r.obligation: r.outcome for r in inspect_case(case).results}
        if not {x for id, x in {**outcomes, **inspected}.items() if id in ids} - {"holds"}:
            kept.append(f"{path.name} keeps {ids}")
    assert not kept


@pytest.mark.corpus
@by_kind("unknown")
def test_what_engines_cannot_prove_is_not_verified(paths: Sequence[Path]) -> None:
    """What the header names stays open, and nothing of it is broken."""
    assert {expectation(path).verdict for path in paths} == {"incomplete"}
    cases = [case_of(path, replace(LITTLE, obligation_s=10)) for path in paths]
    asked = [(case, named(path, case)) for path, case in zip(paths, cases, strict=True)]
    for path, (_, ids), run in zip(paths, asked, discharge_all(asked), strict=True):
        assert all(c.expected == c.found for c in run.canaries)
        outcomes = {r.outcome for r in run.results if r.obligation in ids}
        assert outcomes - {"holds"}, path.stem
        assert not any(r.counterexample is not None and r.counterexample.reached for r in run.results), path.stem
