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
from collections.abc import Collection, Iterator, Mapping, Sequence
from math import ceil
from typing import TYPE_CHECKING, Any, TextIO

from verifier.engines.symbolic.clock import PATIENCE, worked_s
from verifier.engines.symbolic.plan import Run, SelfCalls, Served, as_own_sender, doubted, plan, searches, twins
from verifier.engines.symbolic.task import Task

if TYPE_CHECKING:
    from verifier.engines.symbolic.solve import Solver


#: Outcomes with which an obligation is broken for certain: a state breaks it, or what must be possible never is.
VIOLATED = {"violated", "vacuous"}


def explore(run: Run, known: Mapping[str, str]) -> list[dict[str, Any]]:
    """Run one exploration in this process and decide its obligations."""
    from verifier.engines.symbolic.explore import go_on
    from verifier.engines.symbolic.judge import Account, Finding, Violated, decide
    from verifier.engines.symbolic.pruned import unconfirmed
    from verifier.engines.symbolic.queries import write_queries

    begun, worked, effort = time.monotonic(), worked_s(), run.effort
    solver = _solver(run, known)
    if run.search is not None:
        return list(run.search(solver, worked + effort.search_s))
    account = Account(run.obligations, solver, worked + effort.obligation_s, run.fatal)
    try:
        exploration = run.explore(on_path=account.decide if run.fatal else go_on)
        explored = time.monotonic()
        if effort.second and (doubt := unconfirmed(solver)):
            exploration.incomplete.insert(0, doubt)
        rows = [f.row() for f in decide(exploration, account)]
    except Violated as found:
        return [Finding(found.obligation, "violated").row()]
    notes = {
        "proved": sorted(solver.proved),
        "self_calls": ["*"] if exploration.incomplete else sorted(exploration.journal.self_calls),
        "seen_within": ", ".join([*exploration.bounds, *([exploration.loops] if exploration.loops else [])]),
        "run": run.title,
        "paths": len(exploration.paths),
        "queries": solver.queries,
        "explored_s": round(explored - begun, 3),
        "time_s": round(time.monotonic() - begun, 3),
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
    }
    if effort.evidence and run.obligations:
        notes["asked"] = write_queries(exploration, run.obligations)
    return [*rows, notes]


def _solver(run: Run, known: Mapping[str, str]) -> Solver:
    from verifier.engines.symbolic.second import SecondSolver
    from verifier.engines.symbolic.solve import Solver

    return SecondSolver(run.effort.solver_s) if run.effort.second else Solver(run.command, run.effort.solver_s, known)


def _child(run: Run, known: Mapping[str, str], pipe: int) -> None:
    os.setsid()
    resource.setrlimit(resource.RLIMIT_DATA, (run.effort.memory_mb << 20,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (_most_s(run), _most_s(run) + 1))
    try:
        rows = explore(run, known)
    except MemoryError:
        rows = [
            {"obligation": i, "outcome": "unknown", "strength": "none", "reason": f"memory limit of {run.effort.memory_mb} MB"}
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


def run_all(
    todo: Sequence[Run], jobs: int, known: Mapping[str, str], settled: Collection[int] = ()
) -> Iterator[tuple[Run, list[dict[str, Any]]]]:
    """Run explorations in children, `jobs` at a time, and yield the rows of each; none is begun of a task that is `settled` by then.

    Those of tasks of which one violation is enough are begun when no other of the same task runs, as long as there are such.
    """
    waiting = list(todo)
    running: dict[int, tuple[int, Run, float, bytearray]] = {}
    gc.collect()
    gc.freeze()
    while waiting or running:
        while waiting and len(running) < jobs:
            busy = {x[1].number for x in running.values() if x[1].fatal}
            run = waiting.pop(next((i for i, x in enumerate(waiting) if x.number not in busy), 0))
            if run.number in settled:
                continue
            read, write = os.pipe()
            sys.stdout.flush()
            pid = os.fork()
            if pid == 0:
                os.close(read)
                _child(run, known, write)
                os._exit(0)
            os.close(write)
            running[read] = (pid, run, time.monotonic(), bytearray())
        for r in select.select(list(running), [], [], 0.2)[0]:
            chunk = os.read(r, 1 << 16)
            running[r][3].extend(chunk)
            if not chunk:
                yield running[r][1], _reap(r, running.pop(r))
        for r in [r for r, x in running.items() if time.monotonic() - x[2] > PATIENCE * _most_s(x[1])]:
            yield running[r][1], _reap(r, running.pop(r), late=True)


def _most_s(run: Run) -> int:
    """Return after how many seconds of work an exploration that does not end by itself is ended."""
    return ceil(run.effort.obligation_s + run.effort.solver_s) + 5


def _reap(read: int, child: tuple[int, Run, float, bytearray], *, late: bool = False) -> list[dict[str, Any]]:
    pid, run, _, data = child
    with contextlib.suppress(ProcessLookupError):  # it may have ended by itself
        os.killpg(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    os.close(read)
    if data and not late:
        rows: list[dict[str, Any]] = json.loads(data)
        return rows
    late = late or (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU)
    why = f"time limit of {run.effort.obligation_s:.0f} s" if late else "the engine's process died"
    return [{"obligation": i, "outcome": "unknown", "strength": "none", "reason": why} for i in run.obligations]


def main() -> None:
    """Serve the tasks on standard input.

    Only answers go to standard output: what libraries print about a contract may be that contract's own words.
    """
    global _answers
    tasks, known = pickle.load(sys.stdin.buffer)
    _answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    serve(tasks, known)
    _print({"done": True})


_answers: TextIO | None = None  # None: standard output


def _print(row: dict[str, Any]) -> None:
    out = _answers or sys.stdout
    out.write(json.dumps(row) + "\n")
    out.flush()


def serve(tasks: Sequence[Task], known: Mapping[str, str]) -> None:
    """Answer tasks side by side; a contract that calls itself is explored once more, as its own sender.

    What one exploration proved, later ones know: contracts that resemble each other share many queries.
    """
    known = dict(known)
    # What is kept alive changes z3's numbering of terms, and so what it decides with its work: maker and checker keep the same.
    if any(task.effort.second or task.effort.evidence for task in tasks):
        from verifier.engines.symbolic.pruned import keep_from_now

        keep_from_now()
    ready = [found for number, task in enumerate(tasks) if (found := _ready(number, task)) is not None]
    todo = [run for x in ready for run in _runs(x)]
    for x in ready:
        _print_settled(x)
    jobs = max((task.effort.jobs for task in tasks), default=1)
    calls = {x.number: SelfCalls() for x in ready}
    done: set[tuple[int, str]] = set()
    settled: set[int] = set()
    while todo:
        for run, rows in run_all(todo, jobs, known, settled):
            done.add((run.number, run.title))
            if run.search is None and run.tells_self_calls and not run.doubt:
                calls[run.number].note(run.title, rows)
            known |= {digest: "unsat" for row in rows for digest in row.get("proved", ())}
            for row in doubted(rows, run.doubt) if run.doubt else rows:
                if row.get("outcome") in VIOLATED and row["obligation"] in run.fatal:
                    settled.add(run.number)
                _print({"task": run.number, **row})
        alive = [x for x in ready if x.number not in settled and x.task.twin is None]
        todo = [again for x in alive for again in as_own_sender(x, calls[x.number]) if (again.number, again.title) not in done]


def _runs(served: Served) -> list[Run]:
    """Return what a task asks for: calls that break something, a comparison with another version, or proofs."""
    if served.task.search:
        return searches(served)
    return twins(served, served.task.twin) if served.task.twin is not None else plan(served)


def _print_settled(served: Served) -> None:
    """Answer what follows from the instructions alone."""
    from verifier.engines.symbolic.opcodes import by_instructions

    for id, why in by_instructions(served.subject).items():
        if not served.task.search and served.task.twin is None and served.asks(id):
            _print({"task": served.number, "obligation": id, "outcome": "holds", "strength": "proof", "reason": why})


def _ready(number: int, task: Task) -> Served | None:
    """Make a task ready; where nothing can be explored, every obligation hears why."""
    from verifier.engines.symbolic.explore import NoDeployment
    from verifier.engines.symbolic.prepare import prepare

    try:
        return Served(number, task, *prepare(task))
    except Exception as err:  # noqa: BLE001 — the engine boundary
        for o in task.ledger.obligations:
            if o.kind != "undeclared":
                never = isinstance(err, NoDeployment) and (o.kind, o.function) == ("reachable", "constructor")
                outcome = "vacuous" if never else "unknown"
                _print({"task": number, "obligation": o.id, "outcome": outcome, "strength": "none", "reason": f"{err}"})
        if os.environ.get("SOLWRIGHT_DEBUG"):
            traceback.print_exc()
        return None


if __name__ == "__main__":
    main()
