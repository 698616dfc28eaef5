"""The symbolic engine: one inductive proof per obligation, on the compiled bytecode, by halmos' interpreter and SMT solvers.

A run of a function is explored once from *any* state that satisfies the invariants and lemmas; every obligation is a claim on its paths. A claim that fails gives a
counterexample to induction; whether a deployment reaches it is for `reach` to find. Not covered: what docs/trust.md lists.
"""

from __future__ import annotations

import copy
import json
import os
import pickle
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from toolchain.process import Limits, run
from toolchain.solc import Compilation, Contract
from verifier.engines.job import Job
from verifier.engines.symbolic.task import Task
from verifier.implementation import Implementation

ROOT = Path(__file__).resolve().parents[3]


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


def task_of(job: Job, implementation: Implementation, *, observes_returns: bool, extra_views: Sequence[str], clean_values: bool, only: Sequence[str] = ()) -> Task:
    """Return what the engine's process needs."""
    layout = layout_with_members(job.compilation, job.contract)
    return Task(job.specification, job.ledger, implementation, job.contract.creation, layout, job.effort, observes_returns, tuple(extra_views), clean_values, tuple(only))


def ask(task: Task, cwd: Path, on_row: Callable[[dict[str, Any]], None] | None = None) -> Iterator[dict[str, Any]]:
    """Run the engine's process and yield its rows."""
    rows: list[dict[str, Any]] = []

    def line(raw: bytes) -> None:
        row = json.loads(raw)
        rows.append(row)
        if on_row is not None:
            on_row(row)

    program = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from verifier.engines.symbolic.worker import main; main()"
    env = {"PATH": os.environ.get("PATH", ""), "HOME": str(cwd), "TMPDIR": str(cwd), "LANG": "C.UTF-8", "SOLWRIGHT_DEBUG": os.environ.get("SOLWRIGHT_DEBUG", "")}
    done = run(
        [sys.executable, "-c", program], cwd=cwd, limits=Limits(task.effort.time_s, task.effort.memory_mb * (task.effort.jobs + 1)), env=env,
        stdin=pickle.dumps(task), on_line=line,
    )  # fmt: skip
    if done.stderr and env["SOLWRIGHT_DEBUG"]:
        sys.stderr.write(done.stderr.decode(errors="replace"))
    yield from rows
    if done.reason or done.exit_code:
        yield {"failed": done.reason or f"the symbolic engine ended with {done.exit_code}: {done.stderr[-300:].decode(errors='replace')}"}
