"""What the Horn engine is asked where it is not asked everything: what may have no bound at once, then what the others leave open."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from verifier.obligation import ObligationKind
from verifier.reach import read_code, walk
from verifier.result import Result

if TYPE_CHECKING:
    from verifier.judge import Case, JudgeOptions

#: What the Horn engine can be asked about.
OFFERED: frozenset[ObligationKind] = frozenset({"initially", "invariant", "ensures", "changes", "frame", "transition", "reverts"})
LOOPS = frozenset({"ForStatement", "WhileStatement", "DoWhileStatement"})


def is_sparing(options: JudgeOptions) -> bool:
    """Tell whether the Horn engine waits for what another proving engine leaves open."""
    return "horn" in options.engines and "symbolic" in options.engines and not options.everything


def beyond_a_bound(case: Case) -> tuple[str, ...]:
    """Return the obligations that an engine with a bound will hardly prove: of functions with loops, or with arguments of any length."""
    job = case.job
    code = read_code(job.compilation, job.contract)
    looping = {e.selector or e.title for e in code.entries if any(n["nodeType"] in LOOPS for d in e.nodes for n in walk(d))}
    titles = {f"view {f.title}" if f.is_view else f.title for f in job.specification.functions if f.selector in looping}
    titles |= {f.title for f in job.specification.functions if not f.is_view and any(p.type.is_dynamic for p in f.parameters)}
    titles |= {"constructor"} & looping
    return tuple(o.id for o in job.ledger.obligations if o.kind in OFFERED and o.function in titles)


def left_open(case: Case, results: Iterable[Result], asked: Collection[str]) -> tuple[str, ...]:
    """Return the obligations that nobody proved and that no sequence of calls refuted, but for those that were asked before."""
    rows = tuple(results)
    closed = {r.obligation for r in rows if r.outcome == "holds" and r.strength == "proof"}
    closed |= {r.obligation for r in rows if r.refutes}
    return tuple(o.id for o in case.job.ledger.obligations if o.kind in OFFERED and o.id not in closed and o.id not in asked)
