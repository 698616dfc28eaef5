"""Find what keeps a specification from being a promise: clauses that cannot stand, and contracts of straw that keep them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from codegen.text import safe_line
from feedback.judging import Judge, JudgementLike
from specs.sanity import check
from specs.specification import Changes, Function, Modifies, Pays, Specification, Succeeds
from specs.strawmen import StrawmanName, strawmen
from verifier.ledger import functions_of
from verifier.obligation import ObligationKind
from verifier.verdict import Verdict

#: Obligations that the language makes of every contract: keeping them says nothing of a promise.
STRUCTURAL: frozenset[ObligationKind] = frozenset({"unknown", "undeclared", "nonpayable", "atomic", "stable", "reachable"})


def examine(specification: Specification, judge: Judge, told: Callable[[str], None]) -> tuple[str, ...]:
    """Return what a specification lacks, in words for whoever wrote it; nothing means that it stands.

    Warnings come along only where there is an error: they alone keep nobody waiting.
    """
    told("looking for clauses that cannot stand")
    problems = check(specification)
    if any(p.severity == "error" for p in problems):
        return tuple(safe_line(f"{p.position.within(Path(specification.path.name))}:{p}", max_columns=500) for p in problems)
    weak: list[str] = []
    for strawman in strawmen(specification):
        told(f"judging a contract that {HABITS[strawman.name]}")
        weak += survivals(specification, strawman.name, judge(specification, strawman.source, told))
    return tuple(dict.fromkeys(weak))


HABITS: dict[StrawmanName, str] = {
    "AlwaysReverts": "always reverts",
    "DoesNothing": "does nothing",
    "ReturnsConstants": "answers everything with constants",
}


def survivals(specification: Specification, strawman: StrawmanName, judgement: JudgementLike) -> tuple[str, ...]:
    """Say which functions of a contract of straw keep all promises about them, and whether the whole does.

    Only what was proved counts as kept: where the tools do not know, the specification has the benefit of the doubt.
    """
    verdicts = {o.id: judgement.verdicts.get(o.id) for o in judgement.ledger.obligations}
    telling = [o for o in judgement.ledger.obligations if o.kind not in STRUCTURAL]
    if telling and all(_is_kept(verdicts[o.id]) for o in telling):
        return (f"a contract that {HABITS[strawman]} keeps the whole specification: say with `changes`, `ensures` or `pays` what it does",)
    own = {f.title: [o for o in telling if f.title in functions_of(specification, o.function)] for f in specification.entries}
    kept = [f for f in specification.entries if own[f.title] and all(_is_kept(verdicts[o.id]) for o in own[f.title])]
    kept = [f for f in kept if not _is_hollow(f, strawman, judgement)]
    if strawman == "AlwaysReverts":
        return tuple(_reverts(f) for f in kept if not any(isinstance(c, Succeeds) and c.mode == "never" for c in f.clauses))
    return tuple(_idle(f) for f in kept if _is_said_to_act(f))


def _is_hollow(f: Function, strawman: StrawmanName, judgement: JudgementLike) -> bool:
    """Tell whether a strawman has no state in which the invariants hold, so that proofs about its calls say nothing."""
    if strawman == "AlwaysReverts":
        broken = [o for o in judgement.ledger.obligations if o.kind == "invariant" and o.function == "constructor"]
        return any(judgement.verdicts[o.id].status != "PROVED" for o in broken)
    reachable = judgement.verdicts.get(f"{f.title}.reachable")
    return reachable is not None and reachable.status == "VACUOUS"


def _is_kept(verdict: Verdict | None) -> bool:
    """Tell whether a promise is proved, if need be together with one that is broken elsewhere."""
    if verdict is None or verdict.counterexample is not None:
        return False
    return verdict.status == "PROVED" or (verdict.status == "UNKNOWN" and verdict.reason.startswith("its proof leans on"))


def _is_said_to_act(f: Function) -> bool:
    return any(isinstance(c, Changes | Pays) or (isinstance(c, Modifies) and c.locations) for c in f.clauses)


def _reverts(f: Function) -> str:
    return (
        f"{f.title}: one that always reverts keeps every promise about it: say when it succeeds (`succeeds otherwise`), "
        "and that the `reverts` clauses leave such a case"
    )


def _idle(f: Function) -> str:
    return f"{f.title}: one that changes nothing keeps every promise about it: say with `changes` or `ensures` what it does"
