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
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TextIO

from verifier.engines.job import Effort
from verifier.engines.symbolic.task import Task

if TYPE_CHECKING:
    from specs.specification import Function
    from verifier.engines.symbolic.explore import Subject
    from verifier.engines.symbolic.solve import Solver


#: Outcomes with which an obligation is broken for certain: a state breaks it, or what must be possible never is.
VIOLATED = {"violated", "vacuous"}


@dataclass(frozen=True, slots=True)
class Run:
    """One exploration and the obligations that it decides (`explore` takes `on_path`); `search` runs instead and yields its own rows.

    `number` is the task's, `command` the solver's; a violation of something `fatal` is enough. `tells_self_calls`: whether it says which
    functions the contract calls of itself (what rules call is explored for itself, too, and says it there). `doubt`: within which bounds it
    was seen that the contract does not call this function of itself, which is what is explored here all the same ("": it may).
    """

    number: int
    effort: Effort
    command: Sequence[str]
    title: str
    obligations: tuple[str, ...]
    explore: Callable[..., Any]
    search: Callable[[Any, float], Iterator[dict[str, Any]]] | None = None
    fatal: tuple[str, ...] = ()
    tells_self_calls: bool = True
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Served:
    """A task that is ready to be explored."""

    number: int
    task: Task
    subject: Any
    deployed: Any
    command: Sequence[str]

    def run(self, title: str, obligations: tuple[str, ...], explore: Callable[..., Any], search: Any = None) -> Run:
        """Return a run of this task."""
        ordered = tuple(i for i in self.task.only if i in obligations) if self.task.fatal else obligations
        return Run(self.number, self.task.effort, self.command, title, ordered, explore, search, self.task.fatal)


def plan(served: Served) -> list[Run]:
    """List the explorations of a task, longest first."""
    from verifier.engines.symbolic import runs
    from verifier.engines.symbolic.construction import run_constructor
    from verifier.engines.symbolic.opcodes import by_instructions
    from verifier.engines.symbolic.rules import run_rule

    task, subject, deployed = served.task, served.subject, served.deployed
    ids = {o.id: o for o in subject.ledger.obligations}
    made: list[Run] = []

    settled = {*by_instructions(subject), *without_arguments(subject)}

    def add(title: str, function: str, locked: bool, explore: Callable[..., Any]) -> None:
        mine = (i for i, o in ids.items() if o.function == function and (o.kind == "locked") == locked and i not in settled)
        some(title, tuple(mine), explore)

    def some(title: str, obligations: tuple[str, ...], explore: Callable[..., Any], *, tells_self_calls: bool = True) -> None:
        mine = tuple(i for i in obligations if i in ids and (not task.only or i in task.only))
        if mine:
            made.append(replace(served.run(title, mine, explore), tells_self_calls=tells_self_calls))

    for f in subject.specification.entries:
        usual = partial(runs.run_function, subject, deployed, f)
        add(f.title, f.title, False, usual)
        if _calls(subject) and not task.fatal and not any(x.title == f.title for x in made):
            made.append(served.run(f.title, (), usual))  # nothing is asked of it; but it may call what something is asked of
        add(f"{f.title} locked", f.title, True, partial(runs.run_function, subject, deployed, f, locked=True))
        alone = tuple(i for i in without_arguments(subject) if ids[i].function == f.title)
        some(f"{f.title} with value", alone, partial(runs.run_without_arguments, subject, deployed, f))
    for g in subject.specification.getters:
        add(f"view {g.title}", f"view {g.title}", False, partial(runs.run_view, subject, deployed, g))
        add(f"view {g.title} locked", f"view {g.title}", True, partial(runs.run_view, subject, deployed, g, "reverts"))
        if subject.implementation.lock is not None and any(o.kind == "atomic" for o in ids.values()):
            add(f"view {g.title} under the lock", f"view {g.title}", False, partial(runs.run_view, subject, deployed, g, "held"))
    add("constructor", "constructor", False, partial(run_constructor, subject))
    for rule in subject.specification.rules:
        some(rule.name, (f"{rule.name}.reachable", rule.name), partial(run_rule, subject, deployed, rule), tells_self_calls=False)
    some("stable", tuple(i for i, o in ids.items() if o.kind == "stable" and i not in settled), partial(runs.run_stable, subject, deployed))
    some("selector", ("selector",), partial(runs.run_unknown, subject, deployed, "selector"))
    some("ether", ("ether",), partial(runs.run_unknown, subject, deployed, "ether"))
    return made


def _calls(subject: Subject) -> bool:
    """Tell whether the code has calls at all."""
    return any(o.kind == "atomic" for o in subject.ledger.obligations)


def without_arguments(subject: Subject) -> tuple[str, ...]:
    """Return the obligations that are decided before arguments are read, where those may have any length."""
    titles = {f.title for f in subject.specification.entries if f.selector and any(p.type.is_dynamic for p in f.parameters)}
    return tuple(o.id for o in subject.ledger.obligations if o.kind == "nonpayable" and o.function in titles)


def explore(run: Run, known: Mapping[str, str]) -> list[dict[str, Any]]:
    """Run one exploration in this process and decide its obligations."""
    from verifier.engines.symbolic.explore import go_on
    from verifier.engines.symbolic.judge import Account, Finding, Violated, decide
    from verifier.engines.symbolic.pruned import unconfirmed
    from verifier.engines.symbolic.queries import write_queries

    begun, effort = time.monotonic(), run.effort
    solver = _solver(run, known)
    if run.search is not None:
        return list(run.search(solver, begun + effort.search_s))
    account = Account(run.obligations, solver, begun + effort.obligation_s, run.fatal)
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
                yield running[r][1], _reap(r, running.pop(r), "")
        late = [r for r, x in running.items() if time.monotonic() - x[2] > x[1].effort.obligation_s + x[1].effort.solver_s + 5]
        for r in late:
            run = running[r][1]
            yield run, _reap(r, running.pop(r), f"time limit of {run.effort.obligation_s:.0f} s")


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
    todo = [run for x in ready for run in (_searches(x) if x.task.search else plan(x))]
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
            for row in _doubted(rows, run.doubt) if run.doubt else rows:
                if row.get("outcome") in VIOLATED and row["obligation"] in run.fatal:
                    settled.add(run.number)
                _print({"task": run.number, **row})
        alive = [x for x in ready if x.number not in settled]
        todo = [again for x in alive for again in _as_own_sender(x, calls[x.number]) if (again.number, again.title) not in done]


@dataclass(slots=True)
class SelfCalls:
    """Which functions a contract calls of itself: selectors, or "*" where it may be any. `seen_within`: the bounds of what was seen."""

    called: set[str] = field(default_factory=set)
    seen_within: str = ""

    def reaches(self, f: Function, declared: Sequence[Function]) -> bool:
        """Tell whether what is called may come to a function; what is declared nowhere comes to `fallback`."""
        others = self.called - {x.selector for x in declared if x.name != "fallback"}
        return "*" in self.called or f.selector in self.called or (f.name == "fallback" and bool(others))

    def note(self, title: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Note what an exploration says; one that ended early may have called anything."""
        notes = next((row for row in rows if "run" in row), None)
        self.called |= {"*"} if notes is None else {*notes["self_calls"]}
        if notes is not None and notes["seen_within"] and not self.seen_within:
            self.seen_within = f"{title}: {notes['seen_within']}"


def _doubted(rows: Sequence[dict[str, Any]], doubt: str) -> list[dict[str, Any]]:
    """Return what is said of calls that the contract is not known to make: what they break is a bound, and no evidence is kept of it."""
    reason = f"that the contract does not call it of itself was seen within bounds only ({doubt})"
    bounded = {"outcome": "holds", "strength": "bounded", "reason": reason, "bound": reason}
    broken = {row["obligation"] for row in rows if row.get("outcome", "holds") != "holds"}
    if not broken:
        return list(rows)
    kept = ({k: x for k, x in row.items() if k != "asked"} for row in rows)
    return [{"obligation": row["obligation"], **bounded} if row.get("obligation") in broken else row for row in kept]


def _print_settled(served: Served) -> None:
    """Answer what follows from the instructions alone."""
    from verifier.engines.symbolic.opcodes import by_instructions

    for id, why in by_instructions(served.subject).items():
        if not served.task.search and (not served.task.only or id in served.task.only):
            _print({"task": served.number, "obligation": id, "outcome": "holds", "strength": "proof", "reason": why})


def _ready(number: int, task: Task) -> Served | None:
    """Make a task ready; where nothing can be explored, every obligation hears why."""
    from verifier.engines.symbolic.prepare import prepare

    try:
        return Served(number, task, *prepare(task))
    except Exception as err:  # noqa: BLE001 — the engine boundary
        for o in task.ledger.obligations:
            if o.kind != "undeclared":
                _print({"task": number, "obligation": o.id, "outcome": "unknown", "strength": "none", "reason": f"{err}"})
        if os.environ.get("SOLWRIGHT_DEBUG"):
            traceback.print_exc()
        return None


def _searches(served: Served) -> list[Run]:
    """One search for each function that something is open of."""
    from verifier.engines.symbolic.search import find

    by_function: dict[str, list[str]] = {}
    for id in served.task.search:
        by_function.setdefault(served.subject.ledger.obligation(id).function, []).append(id)
    return [served.run(f"search {f}", (), _nothing, partial(find, served.subject, ids)) for f, ids in by_function.items()]


def _nothing() -> None:
    """Stand where a run has a search instead of an exploration."""


def _as_own_sender(served: Served, calls: SelfCalls) -> list[Run]:
    """The contract can call these functions of its own, or might beyond what was seen: explore them with itself as the sender."""
    from verifier.engines.symbolic import runs

    task, subject = served.task, served.subject
    out: list[Run] = []
    if not _calls(subject):
        return out
    for f in subject.specification.entries:
        mine = tuple(
            o.id
            for o in subject.ledger.obligations
            if o.function == f.title
            and o.kind not in {"locked", "reachable"}
            and (not task.only or o.id in task.only)
            and o.id not in without_arguments(subject)
        )
        known = calls.reaches(f, subject.specification.functions)
        if not known and not calls.seen_within:
            continue
        doubt = "" if known else calls.seen_within
        by_itself = partial(runs.run_function, subject, served.deployed, f, itself=True)
        held = (o.id for o in subject.ledger.obligations if o.function == f.title and o.kind == "locked")
        locked = tuple(id for id in held if not task.only or id in task.only)
        as_it_seems = " perhaps" if doubt else ""
        made = [served.run(f"{f.title}{as_it_seems} by itself", mine, by_itself)] if mine else []
        if locked:
            made.append(served.run(f"{f.title} locked{as_it_seems} by itself", locked, partial(by_itself, locked=True)))
        out += [replace(run, doubt=doubt, fatal=() if doubt else run.fatal) for run in made]
    return out


if __name__ == "__main__":
    main()
