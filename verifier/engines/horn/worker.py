"""Solve and check Horn systems in a process of its own: batches come in on stdin, one row of JSON for each obligation goes out.

Each way of solving and each check is a fork with limits on CPU time and memory, and is killed when it outlives twice its time.
"""

from __future__ import annotations

import base64
import contextlib
import json
import math
import os
import pickle
import resource
import select
import signal
import sys
import threading
import time
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import repeat
from typing import Any

from verifier.engines.horn.check import Checked, check_script, script_of
from verifier.engines.horn.solve import WAYS, Found, goal_name
from verifier.engines.horn.system import System
from verifier.engines.horn.unfold import TooLarge, Unfolding

RECURSION = 100_000
CHECK_S = 20
RECHECK_S = 60
STACK = 512 << 20


@dataclass(frozen=True, slots=True)
class Batch:
    """The systems of one compilation, each of which is part of the longest."""

    systems: tuple[System, ...]


@dataclass(frozen=True, slots=True)
class Work:
    """What the process is asked: batches, and limits for each fork (CPU seconds, MB)."""

    batches: tuple[Batch, ...]
    solve_s: int
    memory_mb: int
    jobs: int


@dataclass(frozen=True, slots=True)
class Rework:
    """What the process is asked to check: systems with what is said to be an invariant of them."""

    given: tuple[tuple[System, str], ...]
    memory_mb: int
    jobs: int


def forked(task: Callable[[], Any], cpu_s: int, memory_mb: int) -> Any:
    """Run a task in a fork and return what it returns; None where it met a limit, an exception's text in a tuple where it raised."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        _child(task, reader, writer, cpu_s, memory_mb)
    os.close(writer)
    chunks: list[bytes] = []
    deadline = time.monotonic() + 2 * cpu_s + 5
    while select.select([reader], [], [], max(0.0, deadline - time.monotonic()))[0]:
        chunk = os.read(reader, 1 << 20)
        if not chunk:
            break
        chunks.append(chunk)
    os.close(reader)
    with contextlib.suppress(ProcessLookupError):  # it ended by itself
        os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    data = b"".join(chunks)
    return pickle.loads(data[1:]) if data.startswith(b"!") and data.endswith(b".") else None


def _child(task: Callable[[], Any], reader: int, writer: int, cpu_s: int, memory_mb: int) -> None:
    """Do the task in the fork and leave it; never returns."""
    code = 1
    try:
        os.close(reader)
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 2))
        resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
        try:
            answer: Any = task()
        except (ValueError, RuntimeError, MemoryError, RecursionError, KeyError) as err:
            answer = (f"{type(err).__name__}: {err}"[:300],)
        view = memoryview(b"!" + pickle.dumps(answer))
        while view:
            view = view[os.write(writer, view) :]
        code = 0
    finally:
        os._exit(code)


def main() -> None:
    """Answer the work on stdin."""
    sys.setrecursionlimit(RECURSION)
    work: Work = pickle.load(sys.stdin.buffer)
    threading.stack_size(STACK)
    out = sys.stdout
    for batch in work.batches:
        unfolding = Unfolding(max((s.text for s in batch.systems), key=len))
        warm(unfolding, batch.systems[0], work.solve_s)
        with ThreadPoolExecutor(max_workers=work.jobs) as pool:
            for row in pool.map(solve, repeat(unfolding), batch.systems, repeat(work)):
                out.write(json.dumps(row) + "\n")
                out.flush()
    out.write(json.dumps({"done": True}) + "\n")
    out.flush()


def recheck() -> None:
    """Check the invariants on stdin, and nothing else."""
    sys.setrecursionlimit(RECURSION)
    work: Rework = pickle.load(sys.stdin.buffer)
    with ThreadPoolExecutor(max_workers=work.jobs) as pool:
        for row in pool.map(confirm, work.given, repeat(work.memory_mb)):
            sys.stdout.write(json.dumps(row) + "\n")
    sys.stdout.write(json.dumps({"done": True}) + "\n")
    sys.stdout.flush()


def confirm(given: tuple[System, str], memory_mb: int) -> dict[str, Any]:
    """Check one invariant in a fork; the row says valid, wrong or open, and why."""
    system, invariant = given
    checked = forked(partial(check, system, Found("safe", "stated", invariant)), RECHECK_S, memory_mb)
    if isinstance(checked, Checked):
        return {"obligation": system.obligation, "verdict": checked.verdict, "clauses": checked.clauses, "detail": checked.detail}
    why = checked[0] if checked else "the time limit or the memory limit"
    return {"obligation": system.obligation, "verdict": "open", "clauses": 0, "detail": why}


def warm(unfolding: Unfolding, system: System, limit_s: float) -> None:
    """Unfold what the systems of a batch share once, before the forks, in so many seconds of CPU time.

    What is not done by then each of them does for itself, under its own limit.
    """
    order = unfolding.cone(goal_name(system.text))
    unfolding.deadline_s = time.process_time() + limit_s
    with contextlib.suppress(TimeoutError, TooLarge):
        unfolding.unfold(order)
    unfolding.deadline_s = math.inf


def solve(unfolding: Unfolding, system: System, work: Work) -> dict[str, Any]:
    """Try every way until an invariant is confirmed; the row tells what stands and why."""
    begun = time.monotonic()
    row: dict[str, Any] = {"obligation": system.obligation, "outcome": "open", "reasons": []}
    for way in WAYS:
        found = forked(partial(way, unfolding, system.text), work.solve_s, work.memory_mb)
        if not isinstance(found, Found):
            label = way.__name__.removeprefix("solve_")
            row["reasons"].append(f"{label}: {found[0] if found else 'the time limit or the memory limit'}")
            continue
        if found.answer != "safe":
            row["reasons"].append(f"{found.way}: {found.detail or found.answer}")
            if found.answer == "unsafe":
                row["outcome"] = "refuted"
                break
            continue
        checked = forked(partial(check, system, found), CHECK_S, work.memory_mb)
        if not isinstance(checked, Checked):
            row["reasons"].append(
                f"{found.way}: the check of the invariant: {checked[0] if checked else 'the time limit or the memory limit'}"
            )
            continue
        if checked.verdict == "valid":
            row |= {"outcome": "proved", "way": found.way, "clauses": checked.clauses, "invariant": packed(found.invariant)}
            break
        row["reasons"].append(f"{found.way}: {checked.detail}")
        if checked.verdict == "wrong":
            row |= {"outcome": "wrong", "way": found.way, "clauses": checked.clauses, "invariant": packed(found.invariant)}
            break
    return row | {"time_s": round(time.monotonic() - begun, 3)}


def check(system: System, found: Found) -> Checked:
    """Confirm an invariant against the system as solc wrote it."""
    return check_script(script_of(system.text, found.invariant))


def packed(text: str) -> str:
    """Return a text in a form that is short on a line."""
    return base64.b64encode(zlib.compress(text.encode(), 6)).decode()


def unpacked(text: str) -> str:
    """Return a text that was packed."""
    return zlib.decompress(base64.b64decode(text)).decode()
