"""The fuzz engine: forge runs drawn calls from deployments and judges every clause; what it finds is shown in a plain forge project.

Source: docs/language.md (meaning of clauses); the engine's own sources lie in verifier/harness/.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from specs import formula as f
from specs.specification import Specification
from toolchain.errors import ToolError
from toolchain.forge import forge_version
from toolchain.solc import Contract
from verifier.counterexample import Counterexample
from verifier.engines.job import Effort, Job
from verifier.harness import constants, runs
from verifier.harness.counterexamples import counterexamples, key_of, name
from verifier.harness.generate import assumed, generate
from verifier.harness.parts import CANARY_FALSE, CANARY_TRUE, Key
from verifier.harness.project import NONE, USES, Clauses, compile_clauses, run_campaigns
from verifier.harness.rules import untestable
from verifier.harness.runs import Campaign, Finding, Report
from verifier.harness.statements import RIGHT, WRONG
from verifier.implementation import hidden_getters
from verifier.ledger import called_by
from verifier.obligation import Obligation
from verifier.result import NOT_TESTED, Result, Stamp

#: Kinds of obligations that runs can speak of.
KINDS = frozenset(
    {
        "initially",
        "deployable",
        "undeployable",
        "invariant",
        "frame",
        "emits",
        "reverts",
        "succeeds",
        "ensures",
        "changes",
        "pays",
        "transition",
        "nonpayable",
        "atomic",
        "callout",
        "stable",
        "unknown",
        "equals",
        "reachable",
        "rule",
    }
)
#: A promise counts as tested when it was judged at least so often.
LEAST = 5
#: A run makes about five judged calls. All functions share ALL of the runs that were asked for; each gets at least EACH of them.
ALL, EACH = 1 / 2, 1 / 10
CANARY_RUNS = 40
#: After an edit, what changed since the last contract was judged gets this part of its runs, and what did not change that part.
CHANGED, UNCHANGED = 1 / 2, 1 / 8


def speaks_of(o: Obligation) -> bool:
    """Tell whether runs can speak of an obligation."""
    return o.kind in KINDS and not o.subject.startswith("lemma.") and o.subject not in {"(lock)", "(frame)"}


def plan(
    specification: Specification, effort: Effort, changed: frozenset[str] | None = None, rules: Collection[str] | None = None
) -> tuple[Campaign, ...]:
    """Return the campaigns: one that ends in each function and rule, and those of deployments, views, the world, undeclared calls, walks.

    `changed` names the functions that matter most; None: all do. `rules`: those that can be tested; None: all can.
    """
    n = len(specification.functions)
    full = effort.fuzz_runs * max(EACH, ALL / max(1, len(specification.entries) + len(specification.rules)))
    walks = effort.invariant_runs / 8 * (1 if changed is None else CHANGED)
    each = max(1, round(full if changed is None else full * UNCHANGED))
    touched = max(1, round(full * CHANGED))
    out = [Campaign("constructor", NONE, 0, max(1, each // 4))]
    for i, fn in enumerate(specification.functions):
        if not fn.is_view:
            out.append(Campaign(f"function {i}", i, 8, touched if changed is not None and fn.name in changed else each))
    if views := {fn.name for fn in specification.functions if fn.is_view and fn.clauses}:
        out.append(Campaign("views", n + 2, 4, max(1, (each if changed is None or views.isdisjoint(changed) else touched) // 2)))
    for i, r in enumerate(specification.rules):
        if rules is None or r.name in rules:
            mine = changed is not None and not changed.isdisjoint(called_by(specification, r.name))
            out.append(Campaign(f"rule {i}", n + 3 + i, 8, touched if mine else each))
    if any(c.name.startswith("rule ") for c in out):
        out += [Campaign(f"canary rule {i}", n + 3 + len(specification.rules) + i, 1, CANARY_RUNS) for i in range(2)]
    out.append(Campaign("world", n, 5, max(8, each // 4)))
    if specification.environment is not None:
        out.append(Campaign("uses", USES, 6, max(8, each // 2)))
    out.append(Campaign("unknown", n + 1, 3, max(20, each // 3)))
    out.append(Campaign("walk", NONE, effort.invariant_depth, max(1, int(walks))))
    return tuple(out)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What all campaigns said: how often each promise was judged, and the shortest finding against each."""

    clauses: Clauses
    hits: Mapping[Key, int]
    findings: Mapping[Key, Finding]
    crashes: int
    time_s: float


def canaries(outcome: Outcome) -> str:
    """Return what is wrong with a run by its canaries; "" where the false claim was refuted and the true one held."""
    if CANARY_FALSE not in outcome.findings:
        return "a claim that is false was not refuted"
    if CANARY_TRUE in outcome.findings or not outcome.hits.get(CANARY_TRUE):
        return "a claim that is true did not hold"
    wrong, right = (("rule", name, name) for name in (WRONG, RIGHT))
    if right in outcome.findings:
        return "a rule that is true did not hold"
    if outcome.hits.get(wrong) or (outcome.hits.get(right, 0) >= LEAST and wrong not in outcome.findings):
        return "a rule that is false was not refuted"
    return ""


def campaign(job: Job) -> Outcome:
    """Run all campaigns of a job.

    Raises: ToolError.
    """
    started = time.monotonic()
    clauses = compile_clauses(job.specification, job.cache)
    candidate = constants.candidate(job.specification, job.contract)
    limit_s = min(job.effort.time_s, 120.0)
    reports = run_campaigns(
        clauses,
        candidate,
        plan(job.specification, job.effort, job.changed, testable(job.specification, job.contract, clauses)),
        seed=job.effort.seed,
        limit_s=limit_s,
        first_only=job.effort.first_refutation,
        threads=job.effort.jobs,
        cache=None,
    )
    return _collect(clauses, reports, time.monotonic() - started)


def _collect(clauses: Clauses, reports: tuple[Report, ...], time_s: float) -> Outcome:
    hits: dict[Key, int] = {}
    findings: dict[Key, Finding] = {}
    for r in reports:
        for number, count in enumerate(r.hits):
            key = clauses.harness.obligations[number]
            hits[key] = hits.get(key, 0) + count
        for x in r.findings:
            key = clauses.harness.obligations[x.violation.id]
            if key not in findings or _size(x) < _size(findings[key]):
                findings[key] = x
    return Outcome(clauses, hits, findings, sum(r.crashes for r in reports), time_s)


def _size(x: Finding) -> tuple[int, int, int]:
    return (len(x.run.steps), sum(len(s.callbacks) for s in x.run.steps), sum(len(s.data) for s in x.run.steps))


def testable(specification: Specification, contract: Contract, clauses: Clauses) -> frozenset[str]:
    """Return the rules of which tests of this contract can speak."""
    rules = zip(specification.rules, clauses.harness.table.rules, strict=False)  # canaries come last
    return frozenset(r.name for r, table in rules if table is not None and not untestable(r, contract.runtime))


def abstention(specification: Specification, contract: Contract) -> str:
    """Return why runs say nothing of a specification, not even of canaries; "" where they do.

    They read only getters that the contract has, begin beside a model that is built in (where nothing has happened yet; of one that a user
    wrote nobody knows a state in which it can begin), and judge nothing where an assumption cannot be evaluated.
    """
    if specification.environment is not None and specification.environment.written is not None:
        return "tests do not deploy models that a specification imports"
    if hidden := hidden_getters(specification, contract):
        return f"tests read getters that the contract has, and it does not have {', '.join(g.signature for g in hidden)}"
    omitted = generate(specification).omitted
    quantified = (a for a in assumed(specification) if any(isinstance(e, f.Forall) for e in f.walk(a.formula)))
    unheard = dict.fromkeys([*(a.id for a in quantified), *(key[2] for key in omitted if key[0] == "assume")])
    return f"runs cannot know whether {', '.join(unheard)} holds" if unheard else ""


def discharge(job: Job) -> Iterator[Result]:
    """Yield one result for every obligation that runs can speak of, and those of the canaries (`canary:false`, `canary:true`).

    Where runs abstain there are no canaries.
    """
    asked = [o for o in job.ledger.obligations if speaks_of(o)]
    if reason := abstention(job.specification, job.contract):
        yield from (Result(o.id, "fuzz", "unknown", "none", _stamp(job, ""), reason) for o in asked)
        return
    try:
        if constants.addresses_tool(job.contract):
            stamp = _stamp(job, "")
            yield from (
                Result(
                    o.id, "fuzz", "unknown", "none", stamp, "the code names the test tool's address, so its behaviour in tests says nothing"
                )
                for o in asked
            )
            return
        outcome = campaign(job)
        stamp = _stamp(job, outcome.clauses.digest)
        void = canaries(outcome)
        yield Result("canary:false", "fuzz", "violated" if CANARY_FALSE in outcome.findings else "holds", "test", stamp)
        yield Result(
            "canary:true",
            "fuzz",
            "failed" if void and CANARY_FALSE in outcome.findings else "holds",
            "test",
            stamp,
            f"{outcome.hits.get(CANARY_TRUE, 0)} cases",
        )
        if void:
            yield from (Result(o.id, "fuzz", "failed", "none", stamp, f"the run is void: {void}") for o in asked)
            return
        shown = _shown(job, outcome, asked)
    except ToolError as err:
        yield from (Result(o.id, "fuzz", "failed", "none", _stamp(job, ""), str(err)) for o in asked)
        return
    time_s = outcome.time_s / max(1, len(asked))
    for o in asked:
        yield _result(job, o, outcome, shown.get(o.id), stamp, time_s)


def _shown(job: Job, outcome: Outcome, asked: list[Obligation]) -> Mapping[str, Counterexample]:
    """Show every finding against an obligation of the ledger outside the engine."""
    named = [name(o, outcome.findings[key_of(o)]) for o in asked if key_of(o) in outcome.findings]
    if not named:
        return {}
    made = counterexamples(job.specification, job.compilation, job.contract, outcome.clauses.harness, named)
    return {c.obligation: c for c in made}


def _result(job: Job, o: Obligation, outcome: Outcome, shown: Counterexample | None, stamp: Stamp, time_s: float) -> Result:
    if shown is not None:
        reason = "" if shown.replayed else "; ".join(("the violation did not show outside the engine", *shown.notes))
        return Result(o.id, "fuzz", "violated", "test", stamp, reason, counterexample=shown, time_s=time_s)
    omitted = outcome.clauses.harness.omitted.get(key_of(o))
    if omitted:
        return Result(o.id, "fuzz", "unknown", "none", stamp, f"not rendered: {omitted}", time_s=time_s)
    rule = next((r for r in job.specification.rules if r.name == o.function), None)
    if rule is not None and (why := untestable(rule, job.contract.runtime)):
        return Result(o.id, "fuzz", "unknown", "none", stamp, why, time_s=time_s)
    count = outcome.hits.get(key_of(o), 0)
    if rule is not None and not count:
        return Result(o.id, "fuzz", "unknown", "none", stamp, f"{NOT_TESTED}no sample went through {rule.name} to its end", time_s=time_s)
    if count < (1 if o.kind == "reachable" else LEAST):
        return Result(
            o.id, "fuzz", "unknown", "none", stamp, f"exercised only {count} times" if count else "never exercised", time_s=time_s
        )
    return Result(o.id, "fuzz", "holds", "test", stamp, bound=f"{count} cases", time_s=time_s)


def _stamp(job: Job, harness: str) -> Stamp:
    e = job.effort
    options = hashlib.sha256(
        repr((e.invariant_runs, e.seed, e.first_refutation, LEAST, plan(job.specification, e, job.changed))).encode()
    ).hexdigest()
    return Stamp(job.specification.digest, job.contract.creation_digest, harness, f"forge {forge_version()}", options)


__all__ = ["KINDS", "campaign", "canaries", "discharge", "runs"]
