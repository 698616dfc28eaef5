"""Look for an obligation that a mutant breaks: by samples, then by the symbolic engine.

A kill is certain: a sample was played twice on the EVM and broke a promise both times, or from a state that the specification allows a
promise that the original keeps there is broken. Everything else leaves a mutant alive.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from specs.specification import Specification
from toolchain.solc import Contract
from verifier.engines import fuzz
from verifier.engines.job import Effort
from verifier.engines.symbolic.engine import first_violations
from verifier.harness import constants
from verifier.harness.counterexamples import key_of
from verifier.harness.parts import CANARY_TRUE, Key
from verifier.harness.project import NONE, Clauses, compile_clauses, run_campaigns
from verifier.harness.runs import Campaign
from verifier.judge import Case
from verifier.ledger import called_by
from verifier.mutants.affected import affected, changes_everything, is_promise, touched
from verifier.mutants.edit import Mutant
from verifier.mutants.found import Found

SAMPLE_S = 60.0
#: Runs that end in a changed function, in any other where all may be different, and, of the original, for each kind of call.
CLOSE, WIDE, CONTROL = 60, 12, 120
DEEP = 8


@dataclass(frozen=True, slots=True)
class Sampler:
    """Samples of one original: the compiled clauses, and the obligations that it keeps in the same samples, by what the harness calls them.

    `void` says why samples say nothing at all.
    """

    specification: Specification
    clauses: Clauses
    names: Mapping[Key, str]
    seed: int
    void: str = ""

    @classmethod
    def of(cls, case: Case, cache: Path | None) -> Sampler:
        """Sample the original: what it breaks there, no mutant is killed by.

        Raises: ToolError.
        """
        specification, seed = case.job.specification, case.job.effort.seed
        clauses = compile_clauses(specification, cache)
        names = {key_of(o): o.id for o in case.job.ledger.obligations if is_promise(o)}
        if reason := fuzz.abstention(specification, case.job.contract):
            return cls(specification, clauses, {}, seed, reason)
        outcome = fuzz.campaign(replace(case.job, effort=replace(case.job.effort, fuzz_runs=CONTROL, invariant_runs=1)))
        kept = {key: id for key, id in names.items() if key not in outcome.findings}
        return cls(specification, clauses, kept, seed, fuzz.canaries(outcome))

    def kill(self, case: Case, mutant: Mutant, contract: Contract, *, deep: bool = False) -> Found:
        """Run campaigns that end in the changed functions; `deep`: more of them.

        Raises: ToolError.
        """
        if self.void or constants.addresses_tool(contract):
            return Found("undecided", reason=self.void or "its code names the address of the test tool")
        candidate = constants.candidate(self.specification, contract)
        rules = fuzz.testable(self.specification, contract, self.clauses)
        wanted = tuple(campaigns(case, mutant, rules, DEEP if deep else 1))
        seed = self.seed + (1 if deep else 0)
        reports = run_campaigns(
            self.clauses, candidate, wanted, seed=seed, limit_s=SAMPLE_S, first_only=True, threads=1, cache=None, small=False
        )
        keys = [self.clauses.harness.obligations[x.violation.id] for r in reports for x in r.findings]
        if CANARY_TRUE in keys:
            return Found("undecided", reason="a claim that is true did not hold in the samples")
        broken = next((self.names[key] for key in keys if key in self.names), None)
        return Found("killed", "fuzz", broken) if broken is not None else Found("undecided", reason="no sample breaks a promise")


def campaigns(case: Case, mutant: Mutant, rules: Collection[str] = (), more: int = 1) -> Iterator[Campaign]:
    """Yield the campaigns against a mutant; `rules` are those that can be tested."""
    functions = case.job.specification.functions
    n, near = len(functions), touched(case, mutant)
    everywhere = changes_everything(case, mutant) or "constructor" in mutant.entries
    if "constructor" in mutant.entries:
        yield Campaign("constructor", NONE, 0, CLOSE // 2 * more)
    for i, f in enumerate(functions):
        if (f in near and f.clauses) if f.is_view else (f in near or everywhere):
            yield Campaign(f"function {i}", i, 8, (CLOSE if f in near else WIDE) * more)
    for i, r in enumerate(case.job.specification.rules):
        close = any(f.title in called_by(case.job.specification, r.name) for f in near)
        if r.name in rules and (close or everywhere):
            yield Campaign(f"rule {i}", n + 3 + i, 8, (CLOSE if close else WIDE) * more)
    if everywhere and any(f.is_view and f.clauses for f in functions):
        yield Campaign("views", n + 2, 4, WIDE * more)
    if everywhere:
        yield Campaign("world", n, 5, WIDE * more)
    if not near or {"receive", "fallback"} & set(mutant.entries):
        yield Campaign("unknown", n + 1, 3, WIDE * more)


@dataclass(frozen=True, slots=True)
class Suspect:
    """A compiled mutant for the symbolic engine; `case` is its own."""

    mutant: Mutant
    case: Case


def prove(
    original: Case,
    suspects: Sequence[Suspect],
    proved: frozenset[str],
    order: Sequence[str],
    effort: Effort,
    tell: Callable[[int, Found], None],
) -> None:
    """Ask the symbolic engine of several mutants in one process, and tell what became of each.

    `proved`: what it proved of the original (only that can be broken); `order`: obligations that siblings broke, the most frequent first.
    """
    asked = []
    for s in suspects:
        obligations = [o for o in affected(original, s.mutant) if any(x.id == o.id for x in s.case.job.ledger.obligations)]
        fatal = [o.id for o in obligations if is_promise(o) and o.id in proved]
        ranked = sorted(fatal, key=lambda id: order.index(id) if id in order else len(order))
        rest = [o.id for o in obligations if o.id not in set(fatal)]
        asked.append((s.case, (*ranked, *rest), tuple(fatal)))
    for n, answers in first_violations(asked, effort):
        tell(n, _found(answers, asked[n][1], frozenset(asked[n][2])))


def _found(answers: Mapping[str, str], asked: Sequence[str], fatal: frozenset[str]) -> Found:
    broken = next((id for id in asked if id in fatal and answers.get(id) in {"violated", "vacuous"}), None)
    if broken is not None:
        return Found("killed", "symbolic", broken)
    open_ = next((id for id in asked if answers.get(id) != "holds"), None)
    if open_ is None:
        return Found("accepted") if asked else Found("undecided", reason="no obligation speaks of what changed")
    return Found("undecided", reason=f"{open_} is {answers.get(open_, 'not answered')}")
