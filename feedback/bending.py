"""Judge contracts that are wrong in one point: those that keep every promise about it show which promise is missing."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from codegen.text import safe_line
from feedback.examine import STRUCTURAL
from specs.bent import Bent, bent, unmentioned
from specs.reference import reference
from specs.specification import Specification
from toolchain.errors import SourceError
from toolchain.sources import import_sources
from verifier.engines.symbolic.engine import discharge_all
from verifier.judge import Candidate, Case, EngineRun, JudgeOptions, prepare
from verifier.ledger import functions_of
from verifier.obligation import ObligationKind

#: What a function's own clauses make, and the frame.
OWN: frozenset[ObligationKind] = frozenset(
    {"changes", "ensures", "emits", "pays", "succeeds", "reverts", "frame", "initially", "deployable", "undeployable"}
)
#: All of it together, and each solver's question.
BUDGET_S, OBLIGATION_S, SOLVER_S = 240.0, 30.0, 10.0
MOST = 80


@dataclass(frozen=True, slots=True)
class Bending:
    """What came out: `survivors` were verified although they are wrong; `undecided` were neither refuted nor verified; `judged` counts all.

    `executable`: whether the clauses are statements, so that a contract could be written from them.
    """

    executable: bool
    judged: int
    survivors: tuple[Bent, ...]
    undecided: tuple[Bent, ...]
    silent: tuple[tuple[str, int], ...]  # getters of which no clause speaks, and their lines

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the missing promises in words."""
        said = [safe_line(f"{b.wrong} keeps every promise about it: {b.missing}", max_columns=500) for b in self.survivors]
        silent = [
            f"{name}: no clause speaks of it, so it may answer anything: say with `initially`, `changes` or `equals` what it is"
            for name, _ in self.silent
        ]
        return tuple(dict.fromkeys((*said, *(safe_line(x, max_columns=500) for x in silent))))


def bend(spec: Specification, options: JudgeOptions, told: Callable[[str], None], budget_s: float = BUDGET_S) -> Bending:
    """Judge what differs from the reference in one point, in one process of the symbolic engine.

    Raises: ToolError when a tool cannot be asked.
    """
    silent = tuple((g.title, g.position.line) for g in unmentioned(spec))
    made = reference(spec)
    if made is None:
        return Bending(False, 0, (), (), silent)
    first = _case(spec, made.source(), options)
    if first is None:
        return Bending(False, 0, (), (), silent)
    seen = {first.job.contract.runtime + first.job.contract.creation}
    cases: list[Straw] = []
    late: list[Bent] = []
    for b in bent(made):
        if len(cases) == MOST:
            late.append(b)
            continue
        case = _case(spec, b.source, options)
        code = case.job.contract.runtime + case.job.contract.creation if case else ""
        ids = tuple(o.id for o in case.job.ledger.obligations if b.function in functions_of(spec, o.function)) if case else ()
        if case is None or code in seen or not ids:
            continue  # it does not compile, or is the reference or another one again
        seen.add(code)
        cases.append((b, case, ids))
    if not cases:
        return Bending(True, 0, (), (), silent)
    told(f"judging {len(cases)} contracts that are wrong in one point")
    effort = replace(options.effort, time_s=budget_s / len(cases), obligation_s=OBLIGATION_S, solver_s=SOLVER_S, evidence=False)
    cases = [(b, replace(case, job=replace(case.job, effort=effort)), ids) for b, case, ids in cases]
    own = [_outcome(_own(case, ids), run) for (_, case, ids), run in zip(cases, _asked(cases, _own), strict=True)]
    kept = [x for x, outcome in zip(cases, own, strict=True) if outcome is True]
    lasting = [_outcome(_lasting(case, ids), run) for (_, case, ids), run in zip(kept, _asked(kept, _lasting), strict=True)]
    survivors = tuple(b for (b, _, _), outcome in zip(kept, lasting, strict=True) if outcome is True)
    undecided = [b for (b, _, _), outcome in zip(cases, own, strict=True) if outcome is None]
    undecided += [b for (b, _, _), outcome in zip(kept, lasting, strict=True) if outcome is None]
    return Bending(True, len(cases) + len(late), survivors, (*undecided, *late), silent)


Straw = tuple[Bent, Case, tuple[str, ...]]


def _asked(cases: list[Straw], which: Callable[[Case, tuple[str, ...]], tuple[str, ...]]) -> list[EngineRun]:
    return discharge_all([(case, which(case, ids)) for _, case, ids in cases]) if cases else []


def _own(case: Case, ids: tuple[str, ...]) -> tuple[str, ...]:
    """Return what a function's own clauses promise: that is asked first, for it refutes most."""
    return tuple(i for i in ids if case.job.ledger.obligation(i).kind in OWN) or ids


def _lasting(case: Case, ids: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(i for i in ids if case.job.ledger.obligation(i).kind not in {*OWN, *(STRUCTURAL - {"reachable"})})


def _case(spec: Specification, source: str, options: JudgeOptions) -> Case | None:
    with tempfile.TemporaryDirectory(prefix="solwright-bent-") as folder:
        entry = Path(folder) / f"{spec.name}.sol"
        entry.write_text(source, encoding="utf-8")
        try:
            return prepare(spec, Candidate(import_sources(entry, Path(folder)), spec.name), options)
        except SourceError:
            return None


def _outcome(ids: tuple[str, ...], run: EngineRun) -> bool | None:
    """Return whether a contract keeps these obligations; None where that is not decided."""
    if any(not c.intact for c in run.canaries):
        return None
    found = {r.obligation: r for r in run.results}
    if any(found[i].outcome == "violated" for i in ids):
        return False
    return True if all(found[i].outcome == "holds" and found[i].strength == "proof" for i in ids) else None
