"""Judge one contract against one specification: all engines, one verdict per obligation.

The ledger is written before anything runs. Engines run side by side and know nothing of each other; what they say is combined here and
nowhere else.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from pathlib import Path

from specs.specification import Specification
from toolchain.errors import SourceError, ToolError, ToolNotFound
from toolchain.forge import forge_version
from toolchain.sandbox import RungName, ladder
from toolchain.solc import Compilation, Contract, compile_sources
from toolchain.sources import SourceTree
from verifier.canary import BAD, EXPECTED, Canary, canaries
from verifier.changed import changed_since_last, digests, remember_last
from verifier.choose import choose
from verifier.conflicts import keep_conflicts, torn
from verifier.engines.job import Effort, Job
from verifier.finding import Finding, Limit
from verifier.implementation import Implementation, read
from verifier.ledger import derive
from verifier.limits import find_limits
from verifier.obligation import Ledger, ObligationKind
from verifier.remember import keep, recall
from verifier.result import EngineId, Result, Stamp
from verifier.returns import observes_returns
from verifier.scene import Scene
from verifier.sparing import beyond_a_bound, is_sparing, left_open
from verifier.undeclared import extra_views, inspect
from verifier.verdict import Verdict, conclude


@dataclass(frozen=True, slots=True)
class Candidate:
    """The sources to judge and the contract in their entry file."""

    tree: SourceTree
    contract: str


@dataclass(frozen=True, slots=True)
class JudgeOptions:
    """`engines`: which ones run; `everything`: the Horn engine, too, is asked everything, not only what the others leave open;
    `reach`: whether calls are looked for that lead to what a proof could not exclude; `cache`: where results are kept between runs
    (None: nowhere); `since_last`: tests turn to what changed since the last contract; `conflicts`: where both sides of a contradiction are
    kept (None: nowhere)."""

    effort: Effort = Effort()
    engines: tuple[EngineId, ...] = ("static", "fuzz", "symbolic", "horn")
    everything: bool = False
    reach: bool = True
    since_last: bool = False
    cache: Path | None = None
    conflicts: Path | None = None


@dataclass(frozen=True, slots=True)
class JudgeEvent:
    """Progress: `kind` is started, result or finished; texts are ours, ids come from the specification."""

    kind: str
    engine: str
    text: str


@dataclass(frozen=True, slots=True)
class EngineRun:
    """What one engine brought back."""

    results: tuple[Result, ...]
    canaries: tuple[Canary, ...] = ()
    findings: tuple[Finding, ...] = ()
    tools: tuple[tuple[str, str], ...] = ()
    scenes: tuple[Scene, ...] = ()  # what a solver says can happen, to be played on the EVM
    evidence: tuple[tuple[str, str], ...] = ()  # files for a third party: name in a bundle, text


@dataclass(frozen=True, slots=True)
class Judgement:
    """Everything that was found out about one candidate."""

    specification: Specification
    ledger: Ledger
    verdicts: Mapping[str, Verdict]
    results: tuple[Result, ...]
    findings: tuple[Finding, ...]
    canaries: tuple[Canary, ...]
    tools: Mapping[str, str]
    compilation: Compilation
    contract: Contract
    sandbox: RungName
    time_s: float
    evidence: tuple[tuple[str, str], ...] = ()  # files for a third party: name in a bundle, text

    @property
    def known(self) -> bool:
        """Whether all answers of engines are those of an earlier run."""
        asked = [r for r in self.results if r.stamp.engine != "inspection"]
        return bool(asked) and all(r.cached for r in asked)


@dataclass(frozen=True, slots=True)
class Case:
    """One artifact with all that engines need to know of it."""

    job: Job
    implementation: Implementation
    limits: tuple[Limit, ...]
    observes_returns: bool
    extra_views: tuple[str, ...]
    path: str


Tell = Callable[[JudgeEvent], None]

#: Findings of the inspection after which no engine can be asked: what clauses call is not there, or part of the code is not.
MISFITS = frozenset({"missing-function", "missing-definition", "different-constructor", "different-returns", "linked-library"})


def prepare(specification: Specification, candidate: Candidate, options: JudgeOptions) -> Case:
    """Compile the candidate and write its ledger. Raises SourceError where there is nothing to judge."""
    compilation = compile_sources(candidate.tree.sources, candidate.tree.settings)
    return case_of(specification, compilation, candidate, options)


def case_of(specification: Specification, compilation: Compilation, candidate: Candidate, options: JudgeOptions) -> Case:
    """Return the case of a compiled candidate. Raises SourceError where there is nothing to judge."""
    contract = choose(specification, compilation, candidate.tree.entry, candidate.contract)
    implementation = read(compilation, contract, specification)
    if implementation.problems:
        raise SourceError(
            f"{candidate.tree.entry}: {'; '.join(implementation.problems)}", "correct what the contract says of itself (docs/verdicts.md)"
        )
    ledger = derive(specification, compilation, contract, implementation)
    job = Job(specification, ledger, compilation, contract, options.effort, options.cache)
    return Case(
        job,
        implementation,
        find_limits(compilation, contract, {f.selector: "" if f.is_view else f.title for f in specification.functions if f.selector}),
        observes_returns(compilation, contract),
        extra_views(specification, contract),
        candidate.tree.entry,
    )


def judge(
    specification: Specification, candidate: Candidate, options: JudgeOptions = JudgeOptions(), on_event: Tell = lambda _: None
) -> Judgement:
    """Judge a candidate.

    Raises: SourceError where the sources do not compile or hold no such contract; ToolError where a tool is missing.
    """
    begun = time.monotonic()
    on_event(JudgeEvent("started", "solc", f"compiling {candidate.tree.entry}"))
    case = prepare(specification, candidate, options)
    if options.since_last:
        now = digests(case.job.compilation)
        case = replace(case, job=replace(case.job, changed=changed_since_last(case.job, now)))
        remember_last(case.job, now)
    judgement = judge_case(case, options, on_event)
    return replace(judgement, time_s=round(time.monotonic() - begun, 3))


def judge_case(case: Case, options: JudgeOptions, on_event: Tell = lambda _: None) -> Judgement:
    """Judge what was prepared. Raises ToolError where a tool is missing."""
    begun = time.monotonic()
    job = case.job
    on_event(JudgeEvent("started", "ledger", f"{len(job.ledger.obligations)} obligations"))
    inspected = inspect_case(case)
    misfit = next((f.message for f in inspected.findings if f.check in MISFITS), "")
    runs = [inspected, _unasked(case, misfit)] if misfit else [inspected]
    asked: list[tuple[EngineId, tuple[str, ...]]] = []
    at_once = {} if misfit else _asked_at_once(case, options)
    for name, only in at_once.items():
        known = recall(name, case, only)
        if known is None:
            asked.append((name, only))
        else:
            on_event(JudgeEvent("started", name, "nothing changed: the results are known"))
            runs.append(known)
            on_event(JudgeEvent("finished", name, ""))
    with ThreadPoolExecutor(max_workers=len(asked) or 1) as pool:
        waiting = {pool.submit(_run, name, case, on_event, only): name for name, only in asked}
        for done in as_completed(waiting):
            runs.append(done.result())
            on_event(JudgeEvent("finished", waiting[done], ""))
    reached = tuple(_reach(case, counting(runs), on_event)) if options.reach and "symbolic" in at_once else ()
    sparing = is_sparing(options) and not misfit
    if sparing and (left := left_open(case, (*counting(runs), *reached), at_once.get("horn", ()))):
        runs.append(recall("horn", case, left) or _run("horn", case, on_event, left))
        on_event(JudgeEvent("finished", "horn", ""))
    results = (*counting(runs), *reached)
    canaries = tuple(dict.fromkeys(c for run in runs for c in run.canaries))
    verdicts = conclude(job.ledger, results)
    if options.conflicts is not None and (ids := torn(verdicts)):
        verdicts = keep_conflicts(options.conflicts, job, verdicts, results, [*_evidence(runs), *_queries(case, verdicts, ids, on_event)])
    tools = {"solc": job.compilation.version} | {k: v for run in runs for k, v in run.tools}
    findings = tuple(f for run in runs for f in run.findings)
    rung = ladder()
    return Judgement(
        job.specification,
        job.ledger,
        verdicts,
        results,
        findings,
        canaries,
        tools,
        job.compilation,
        job.contract,
        rung.name,
        round(time.monotonic() - begun, 3),
        _evidence(runs),
    )


def _evidence(runs: Iterable[EngineRun]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(file for run in runs for file in run.evidence))


def _queries(case: Case, verdicts: Mapping[str, Verdict], ids: Sequence[str], tell: Tell) -> tuple[tuple[str, str], ...]:
    """Return what the symbolic engine asks where its proof is contradicted: the queries are kept only if somebody wants them."""
    mine = [id for id in ids if "symbolic" in verdicts[id].proved_by]
    if not mine or case.job.effort.evidence:
        return ()
    asking = replace(case, job=replace(case.job, effort=replace(case.job.effort, evidence=True)))
    return _run("symbolic", asking, tell, mine).evidence


def counting(runs: Sequence[EngineRun]) -> tuple[Result, ...]:
    """Return the results as they count: what an engine accepted is void where one of its canaries was missed."""
    void = {c.engine for run in runs for c in run.canaries if not c.intact}
    missed = "one of its canaries was missed, so what it accepted counts for nothing"

    def counted(r: Result) -> Result:
        return replace(r, outcome="failed", strength="none", reason=missed) if r.engine in void and r.outcome == "holds" else r

    return tuple(counted(r) for run in runs for r in run.results)


def _asked_at_once(case: Case, options: JudgeOptions) -> dict[EngineId, tuple[str, ...]]:
    """Return the engines that start together, each with the obligations that it is asked (none: all)."""
    asked: dict[EngineId, tuple[str, ...]] = dict.fromkeys(options.engines, ())
    if is_sparing(options):
        asked["horn"] = beyond_a_bound(case)
        if not asked["horn"]:
            del asked["horn"]
    return asked


def _run(name: EngineId, case: Case, tell: Tell, only: Sequence[str] = ()) -> EngineRun:
    """Run one engine on all obligations, or `only` some; where it cannot be asked, each of them hears of it."""
    tell(JudgeEvent("started", name, ""))
    try:
        found = ENGINES[name](case, tell, only)
        keep(name, case, found, only)
        return found
    except ToolNotFound:
        raise
    except Exception as err:  # noqa: BLE001 — the engine boundary: what one engine cannot digest is not the end of the others
        said = str(err) if isinstance(err, ToolError) else f"a fault of solwright: {type(err).__name__}: {err}"
        stamp = Stamp(case.job.specification.digest, case.job.ledger.artifact, "", name, "")
        asked = (o for o in case.job.ledger.obligations if o.kind != "undeclared" and (not only or o.id in only))
        failed = (Result(o.id, name, "failed", "none", stamp, said) for o in asked)
        return EngineRun(tuple(failed), canaries(name, {}, said))


def inspect_case(case: Case) -> EngineRun:
    """Compare interface and artifact: the obligation `undeclared`."""
    job = case.job
    findings = list(inspect(job.specification, job.compilation, job.contract, case.implementation.defined))
    findings += [Finding("informs", "lock-or-lemma", p, case.path) for p in case.implementation.beyond]
    findings += [Finding("informs", f"limit-{x.kind}", x.reason, x.path, x.line) for x in case.limits]
    refuting = [f for f in findings if f.severity == "refutes"]
    stamp = Stamp(job.specification.digest, job.ledger.artifact, "", "inspection", "")
    if refuting:
        result = Result("undeclared", "static", "violated", "proof", stamp, "; ".join(f.message for f in refuting[:5]))
    else:
        result = Result("undeclared", "static", "holds", "proof", stamp)
    return EngineRun((result,), findings=tuple(findings))


def _unasked(case: Case, misfit: str) -> EngineRun:
    """Say of all other obligations that no engine was asked."""
    stamp = Stamp(case.job.specification.digest, case.job.ledger.artifact, "", "inspection", "")
    reason = f"no engine was asked: {misfit}"
    others = (o.id for o in case.job.ledger.obligations if o.kind != "undeclared")
    return EngineRun(tuple(Result(id, "static", "unknown", "none", stamp, reason) for id in others))


def _static(case: Case, _: Tell, __: Sequence[str] = ()) -> EngineRun:
    from verifier.engines.static import analyse

    found = analyse(case.job.compilation, case.job.contract)
    findings = found.findings
    if found.failed:
        findings = (*findings, Finding("informs", "static-failed", found.failed))
    birds = canaries("static", {BAD: "found" if found.canary else "missed"}, found.failed)
    return EngineRun((), birds, findings, (("slither", found.engine or "no answer"),))


#: What only a stranger that calls back can break: the fuzzer's attacker looks for those.
UNREACHABLE: tuple[ObligationKind, ...] = (
    "atomic",
    "callout",
    "callout_frame",
    "locked",
    "locked_at_callout",
    "stable",
    "unknown",
    "lemma",
    "unlocks",
    "unlocked",
)


def _reach(case: Case, results: tuple[Result, ...], tell: Tell) -> Iterator[Result]:
    """Look for calls from a deployment that break what induction could not prove; only what the EVM confirms becomes a result."""
    environment = case.job.specification.environment
    if case.implementation.definitions or (environment is not None and environment.written is not None):
        return  # what is found could not be played: tests do not read what the contract does not show, nor deploy a user's model
    refuted = {r.obligation for r in results if r.refutes}
    if refuted and case.job.effort.first_refutation:
        return
    mine = [r for r in results if r.engine == "symbolic" and r.outcome == "violated" and r.obligation not in refuted]
    wanted = [r.obligation for r in mine if case.job.ledger.obligation(r.obligation).kind not in UNREACHABLE]
    if not wanted:
        return
    from verifier.engines.symbolic.engine import search
    from verifier.replay import replay_sequence

    tell(JudgeEvent("started", "search", f"looking for calls that break {', '.join(wanted[:4])}{' …' if len(wanted) > 4 else ''}"))
    for id, calls in search(case, wanted).items():
        shown = replay_sequence(case.job, id, calls)
        tell(JudgeEvent("result", "search", f"{id} {'refuted on the EVM' if shown.replayed else 'not confirmed by the EVM'}"))
        if shown.replayed:
            first = next(r for r in mine if r.obligation == id)
            yield replace(first, reason=shown.message, counterexample=replace(shown, found_by="symbolic"))


def _fuzz(case: Case, tell: Tell, _: Sequence[str] = ()) -> EngineRun:
    from verifier.engines.fuzz import abstention, discharge

    rows = []
    for r in discharge(case.job):
        rows.append(r)
        if r.obligation not in EXPECTED["fuzz"]:  # a canary that is violated, as it should be, would only frighten
            tell(JudgeEvent("result", "fuzz", f"{r.obligation} {r.outcome}"))
    seen = {r.obligation: r.outcome for r in reversed(rows) if r.obligation in EXPECTED["fuzz"]}
    failed = next((r.reason for r in rows if r.outcome == "failed" and r.obligation not in seen), "")
    birds = () if abstention(case.job.specification, case.job.contract) else canaries("fuzz", seen, failed)
    return EngineRun(tuple(r for r in rows if r.obligation not in EXPECTED["fuzz"]), birds, tools=(("forge", forge_version()),))


def _symbolic(case: Case, tell: Tell, only: Sequence[str] = ()) -> EngineRun:
    from verifier.engines.symbolic.engine import discharge

    return played(discharge(case, lambda text: tell(JudgeEvent("result", "symbolic", text)), only))


def _horn(case: Case, tell: Tell, only: Sequence[str] = ()) -> EngineRun:
    from verifier.engines.horn.engine import discharge

    return discharge(case, lambda text: tell(JudgeEvent("result", "horn", text)), only)


ENGINES: Mapping[EngineId, Callable[[Case, Tell, Sequence[str]], EngineRun]] = {
    "static": _static,
    "fuzz": _fuzz,
    "symbolic": _symbolic,
    "horn": _horn,
}


def played(run: EngineRun) -> EngineRun:
    """Play every witness of non-vacuity on the EVM; what does not happen there proves nothing."""
    from verifier.replay import replay_scenes
    from verifier.scene import WITNESSES, write_scenes

    seen = replay_scenes(run.scenes) if run.scenes else {}
    wrong = {
        s.id: seen[s.id].detail if s.id in seen else "it was not played" for s in run.scenes if s.id not in seen or not seen[s.id].agrees
    }
    results = (
        replace(
            r, outcome="unknown", strength="none", reason=f"the solver's successful call does not succeed on the EVM: {wrong[r.obligation]}"
        )
        if r.obligation in wrong
        else r
        for r in run.results
    )
    evidence = ((WITNESSES, write_scenes(run.scenes)),) if run.evidence else ()
    return replace(run, results=tuple(results), scenes=(), evidence=(*run.evidence, *evidence))
