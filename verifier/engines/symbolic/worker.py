"""The engine's process: reads a job, explores in forked children, prints one JSON line per answer.

    python -m verifier.engines.symbolic.worker < job.pickle

The job comes from our own process; the contract in it is untrusted, so this process runs confined and its children have limits on time and
memory.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import pickle
import resource
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from specs import specification as s
from verifier.engines.job import Effort
from verifier.engines.symbolic.task import Task


@dataclass(frozen=True, slots=True)
class Run:
    """One exploration and the obligations that it decides; `search` runs instead and yields its own rows."""

    title: str
    obligations: tuple[str, ...]
    explore: Callable[[], Any]
    search: Callable[[Any, float], Iterator[dict[str, Any]]] | None = None


def plan(task: Task, subject: Any, deployed: Any) -> list[Run]:
    """List the explorations, longest first."""
    from verifier.engines.symbolic import runs

    ids = {o.id: o for o in subject.ledger.obligations}
    made: list[Run] = []

    def add(title: str, function: str, locked: bool, explore: Callable[[], Any]) -> None:
        mine = (i for i, o in ids.items() if o.function == function and (o.kind == "locked") == locked)
        some(title, tuple(mine), explore)

    def some(title: str, obligations: tuple[str, ...], explore: Callable[[], Any]) -> None:
        mine = tuple(i for i in obligations if i in ids and (not task.only or i in task.only))
        if mine:
            made.append(Run(title, mine, explore))

    for f in subject.specification.entries:
        add(f.title, f.title, False, partial(runs.run_function, subject, deployed, f))
        add(f"{f.title} locked", f.title, True, partial(runs.run_function, subject, deployed, f, locked=True))
    for g in subject.specification.getters:
        add(f"view {g.title}", f"view {g.title}", False, partial(runs.run_view, subject, deployed, g))
        add(f"view {g.title} locked", f"view {g.title}", True, partial(runs.run_view, subject, deployed, g, locked=True))
    add("constructor", "constructor", False, partial(runs.run_constructor, subject))
    some("stable", tuple(i for i, o in ids.items() if o.kind == "stable"), partial(runs.run_stable, subject, deployed))
    some("selector", ("selector",), partial(runs.run_unknown, subject, deployed, "selector"))
    some("ether", ("ether",), partial(runs.run_unknown, subject, deployed, "ether"))
    return made


def explore(run: Run, effort: Effort, command: Sequence[str], known: Mapping[str, str]) -> list[dict[str, Any]]:
    """Run one exploration in this process and decide its obligations."""
    from verifier.engines.symbolic.judge import decide
    from verifier.engines.symbolic.solve import Solver

    begun = time.monotonic()
    solver = Solver(command, effort.solver_s, known)
    if run.search is not None:
        return list(run.search(solver, begun + effort.search_s))
    exploration = run.explore()
    explored = time.monotonic()
    rows = [f.row() for f in decide(exploration, run.obligations, solver, begun + effort.obligation_s)]
    notes = {
        "proved": sorted(solver.proved),
        "self_calls": sorted(exploration.journal.self_calls),
        "run": run.title,
        "paths": len(exploration.paths),
        "queries": solver.queries,
        "explored_s": round(explored - begun, 3),
        "time_s": round(time.monotonic() - begun, 3),
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
    }
    return [*rows, notes]


def _child(run: Run, effort: Effort, command: Sequence[str], known: Mapping[str, str], pipe: int) -> None:
    os.setsid()
    resource.setrlimit(resource.RLIMIT_DATA, (effort.memory_mb << 20,) * 2)
    try:
        rows = explore(run, effort, command, known)
    except MemoryError:
        rows = [
            {"obligation": i, "outcome": "unknown", "strength": "none", "reason": f"memory limit of {effort.memory_mb} MB"}
            for i in run.obligations
        ]
    except Exception as err:  # noqa: BLE001 — the engine boundary: what breaks here is a failed answer, with its reason
        where = traceback.extract_tb(err.__traceback__)[-1]
        why = f"{type(err).__name__}: {str(err)[:200]} ({os.path.basename(where.filename)}:{where.lineno})"
        rows = [{"obligation": i, "outcome": "unknown", "strength": "none", "reason": why} for i in run.obligations]
        if os.environ.get("SOLWRIGHT_DEBUG"):
            traceback.print_exc()
    text = json.dumps(rows)
    with os.fdopen(pipe, "w") as out:
        out.write(text)


def run_all(todo: Sequence[Run], effort: Effort, command: Sequence[str], known: Mapping[str, str]) -> Iterator[list[dict[str, Any]]]:
    """Run explorations in children, `effort.jobs` at a time, and yield the rows of each."""
    waiting = list(todo)[::-1]
    running: dict[int, tuple[int, Run, float, bytearray]] = {}
    gc.collect()
    gc.freeze()
    while waiting or running:
        while waiting and len(running) < effort.jobs:
            run = waiting.pop()
            read, write = os.pipe()
            sys.stdout.flush()
            pid = os.fork()
            if pid == 0:
                os.close(read)
                _child(run, effort, command, known, write)
                os._exit(0)
            os.close(write)
            running[read] = (pid, run, time.monotonic(), bytearray())
        for r in select.select(list(running), [], [], 0.2)[0]:
            chunk = os.read(r, 1 << 16)
            running[r][3].extend(chunk)
            if not chunk:
                yield _reap(r, running.pop(r), "")
        late = [r for r, x in running.items() if time.monotonic() - x[2] > effort.obligation_s + effort.solver_s + 5]
        for r in late:
            yield _reap(r, running.pop(r), f"time limit of {effort.obligation_s:.0f} s")


def _reap(read: int, child: tuple[int, Run, float, bytearray], why: str) -> list[dict[str, Any]]:
    pid, run, _, data = child
    with contextlib.suppress(ProcessLookupError):  # it may have ended by itself
        os.killpg(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    os.close(read)
    if data and not why:
        rows: list[dict[str, Any]] = json.loads(data)
        return rows
    return [
        {"obligation": i, "outcome": "unknown", "strength": "none", "reason": why or "the engine's process died"} for i in run.obligations
    ]


def main() -> None:
    """Serve the tasks on standard input."""
    tasks, known = pickle.load(sys.stdin.buffer)
    for number, task in enumerate(tasks):
        serve(number, task, known)
    _print({"done": True})


def _print(row: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(row) + "\n")
    sys.stdout.flush()


def serve(number: int, task: Task, known: Mapping[str, str]) -> None:
    """Answer one task."""
    from verifier.engines.symbolic.prepare import prepare

    def tell(row: dict[str, Any]) -> None:
        _print({"task": number, **row})

    try:
        subject, deployed, command = prepare(task)
    except Exception as err:  # noqa: BLE001 — the engine boundary: nothing can be explored, and every obligation hears why
        for o in task.ledger.obligations:
            if o.kind != "undeclared":
                tell({"obligation": o.id, "outcome": "unknown", "strength": "none", "reason": f"{err}"})
        if os.environ.get("SOLWRIGHT_DEBUG"):
            traceback.print_exc()
        return
    if task.search:
        for rows in run_all(_searches(task, subject), task.effort, command, known):
            for row in rows:
                tell(row)
        return
    self_calls: set[str] = set()
    for rows in run_all(plan(task, subject, deployed), task.effort, command, known):
        for row in rows:
            self_calls |= set(row.get("self_calls", ()))
            tell(row)
    again = [f for f in subject.specification.entries if "*" in self_calls or f.selector in self_calls]
    for rows in run_all(_as_own_sender(task, subject, deployed, again), task.effort, command, known):
        for row in rows:
            tell(row)


def _searches(task: Task, subject: Any) -> list[Run]:
    """One search for each function that something is open of."""
    from verifier.engines.symbolic.search import find

    by_function: dict[str, list[str]] = {}
    for id in task.search:
        by_function.setdefault(subject.ledger.obligation(id).function, []).append(id)
    return [Run(f"search {f}", (), _nothing, partial(find, subject, ids)) for f, ids in by_function.items()]


def _nothing() -> None:
    """Stand where a run has a search instead of an exploration."""


def _as_own_sender(task: Task, subject: Any, deployed: Any, functions: Sequence[s.Function]) -> list[Run]:
    """The contract can call these functions of its own: explore them with itself as the sender."""
    from verifier.engines.symbolic import runs

    out = []
    for f in functions:
        mine = tuple(
            o.id
            for o in subject.ledger.obligations
            if o.function == f.title and o.kind not in {"locked", "reachable"} and (not task.only or o.id in task.only)
        )
        if mine:
            out.append(Run(f"{f.title} by itself", mine, partial(runs.run_function, subject, deployed, f, itself=True)))
    return out


if __name__ == "__main__":
    main()
