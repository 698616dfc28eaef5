"""The Horn engine: unbounded proofs about the source, by solc's Horn clauses, z3, and a check of each invariant by cvc5.

An obligation becomes an assertion in an instrumented source, solc writes what the assertion means as a Horn system, z3 finds an inductive
invariant of it, and cvc5 confirms that invariant clause by clause against the system exactly as solc wrote it. Only then it is proved. Not
covered: what docs/horn.md lists.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import json
import pickle
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from typing import Literal as Choice

from specs.parse import parse
from specs.specification import Specification
from toolchain.process import Limits, run
from toolchain.sandbox import confine
from toolchain.solc import Compilation, Contract, compile_sources
from toolchain.workspace import fresh_workspace
from verifier.canary import FALSE, TRUE, Canary, canaries
from verifier.certificate.names import file_name
from verifier.engines.horn.instrument import instrument
from verifier.engines.horn.refuse import find_refusals
from verifier.engines.horn.system import System
from verifier.engines.horn.systems import write_systems
from verifier.engines.horn.worker import Batch, Rework, Work, packed
from verifier.engines.job import Effort
from verifier.implementation import Implementation, hidden_getters
from verifier.judge import Case, EngineRun
from verifier.ledger import derive
from verifier.obligation import Obligation
from verifier.result import Result, Stamp
from verifier.sparing import OFFERED

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
WRONG, RIGHT = "bump.wrong", "bump.right"
EVIDENCE = "evidence/horn"
PACKAGES = ("z3-solver", "cvc5")


@functools.cache
def version() -> str:
    """Return the engine's name, the versions of what it stands on, and the digest of its own source."""
    own = hashlib.sha256(b"".join(p.read_bytes() for p in sorted(HERE.glob("*.py"))))
    return f"horn {own.hexdigest()[:12]} ({', '.join(f'{p} {importlib.metadata.version(p)}' for p in PACKAGES)})"


@dataclass(frozen=True, slots=True)
class Stated:
    """The systems of one contract, and why the other obligations have none: `silent` are not offered, `refused` cannot count."""

    batches: tuple[Batch, ...]
    refused: Mapping[str, str]
    silent: Mapping[str, str]


def state(
    specification: Specification,
    compilation: Compilation,
    contract: Contract,
    obligations: Sequence[Obligation],
    only: Collection[str] = (),
) -> Stated:
    """Write the Horn systems of a ledger's obligations, or `only` of some.

    A system is the same whatever else is asked: all that is offered of its function stands in the instrumented source.
    Raises ToolError where the compiler fails.
    """
    asked = [o for o in obligations if not only or o.id in only]
    silent = {o.id: f"{o.kind} is not offered to this engine" for o in asked if o.kind not in OFFERED}
    functions = {o.function for o in asked if o.kind in OFFERED}
    offered = [o for o in obligations if o.kind in OFFERED and o.function in functions]
    ids = {o.id for o in asked}
    if specification.environment is not None:
        why = "the specification speaks of another contract, which solc's model does not know"
        return Stated((), {o.id: why for o in offered if o.id in ids}, silent)
    if hidden := hidden_getters(specification, contract):
        why = f"the contract does not have {hidden[0].signature}, and this engine reads getters that it has"
        return Stated((), {o.id: why for o in offered if o.id in ids}, silent)
    refusals = find_refusals(compilation, contract) if offered else ()
    if refusals:
        return Stated((), {o.id: f"solc's model is not known to be right here: {refusals[0]}" for o in offered if o.id in ids}, silent)
    refused: dict[str, str] = {}
    batches: list[Batch] = []
    sources, unoffered = instrument(specification, compilation, contract, offered)
    silent |= {id: why for id, why in unoffered.items() if id in ids}
    for made in sources:
        mine = {c.obligation for c in made.checks} & ids
        if not mine:
            continue
        systems = write_systems(made, compilation.input["settings"], 120)
        given = {s.obligation for s in systems.systems}
        refused |= dict.fromkeys(sorted(mine - given), systems.problem or "solc wrote no system for it alone")
        if given & mine:
            batches.append(Batch(tuple(s for s in systems.systems if s.obligation in mine)))
    return Stated(tuple(batches), refused, silent)


def discharge(case: Case, tell: Callable[[str], None] = lambda _: None, only: Sequence[str] = ()) -> EngineRun:
    """Answer the obligations that this engine can state, or `only` some of them; where there are none, nothing runs."""
    return discharge_all([(case, only)], tell)[0]


def discharge_all(cases: Sequence[tuple[Case, Sequence[str]]], tell: Callable[[str], None] = lambda _: None) -> list[EngineRun]:
    """Answer several cases in one process, each with its `only`; the canaries are told apart once, before them."""
    stated = [state(c.job.specification, c.job.compilation, c.job.contract, c.job.ledger.obligations, only) for c, only in cases]
    batches = [_numbered(n, batch) for n, s in enumerate(stated) for batch in s.batches]
    effort = cases[0][0].job.effort
    rows: dict[int, dict[str, dict[str, Any]]] = {}
    failed = ""
    seen: dict[str, str] = {}
    for row in ask((*canary_batches(), *batches), replace(effort, time_s=effort.time_s * len(cases))) if batches else ():
        failed = row.get("failed", failed)
        task, _, id = row.get("obligation", "").partition(":")
        if task == "canary":
            seen[id] = row["outcome"]
        elif id:
            rows.setdefault(int(task), {})[id] = row | {"obligation": id}
            tell(f"{id} {row['outcome']}")
    why = f"the engine's process failed: {failed}" if failed else ""
    birds = canaries("horn", {FALSE: seen.get(WRONG, "missing"), TRUE: seen.get(RIGHT, "missing")}, why)
    return [_gather(case, only, s, rows.get(n, {}), failed, birds) for n, ((case, only), s) in enumerate(zip(cases, stated, strict=True))]


def _numbered(n: int, batch: Batch) -> Batch:
    return Batch(tuple(System(f"{n}:{s.obligation}", s.text) for s in batch.systems))


def _gather(
    case: Case, only: Sequence[str], stated: Stated, rows: Mapping[str, dict[str, Any]], failed: str, birds: tuple[Canary, ...]
) -> EngineRun:
    """Put the rows of one case together; the canaries concern it only where it has systems."""
    job = case.job
    systems = {s.obligation: s for b in stated.batches for s in b.systems}
    options = hashlib.sha256(repr((job.effort.horn_s, job.effort.memory_mb)).encode()).hexdigest()
    stamp = Stamp(job.specification.digest, job.ledger.artifact, job.specification.digest, version(), options)
    limit = {o.id: limit_of(case, o) for o in job.ledger.obligations if not only or o.id in only}
    results = [Result(id, "horn", "unknown", "none", stamp, reason) for id, reason in stated.refused.items()]
    results += [_result(id, rows.get(id), failed, limit[id], stamp) for id in systems]
    tools = tuple((p, importlib.metadata.version(p)) for p in PACKAGES)
    evidence = sorted(certified(row, systems[id]) for id, row in rows.items() if "invariant" in row)
    return EngineRun(tuple(results), birds if systems else (), (), tools, (), tuple(evidence))


def limit_of(case: Case, o: Obligation) -> str:
    """Return why no engine's answer about a function counts, "" where none is known."""
    function = o.function.removeprefix("view ")
    return next((x.reason for x in case.limits if x.kind == "unknown" and x.function in {"", function}), "")


def _result(id: str, row: Mapping[str, Any] | None, failed: str, limit: str, stamp: Stamp) -> Result:
    if row is None:
        return Result(id, "horn", "failed", "none", stamp, f"the engine's process failed: {failed or 'it said nothing'}")
    time_s = float(row["time_s"])
    reason = "; ".join(row["reasons"])
    if row["outcome"] == "wrong":
        return Result(id, "horn", "conflict", "none", stamp, f"z3 says safe, cvc5 finds its invariant wrong: {reason}", time_s=time_s)
    if row["outcome"] == "proved" and not limit:
        return Result(id, "horn", "holds", "proof", stamp, time_s=time_s)
    if row["outcome"] == "refuted":
        reason = "solc's model of it has a counterexample, which was not replayed"
    return Result(id, "horn", "unknown", "none", stamp, limit or reason, time_s=time_s)


def certified(row: Mapping[str, Any], system: System) -> tuple[str, str]:
    """Return what a third party needs to check a proof, or to see what is wrong with it, as a file: the system, and the invariant that was
    confirmed, or was found wrong."""
    record = {
        "obligation": row["obligation"],
        "clauses": row["clauses"],
        "checkedBy": f"cvc5 {importlib.metadata.version('cvc5')}",
        **({"found": "; ".join(row["reasons"])} if row["outcome"] == "wrong" else {}),
    }
    record |= {"system": packed(system.text), "invariant": row["invariant"]}
    return f"{EVIDENCE}/{file_name(row['obligation'])}.json", json.dumps(record, indent=1) + "\n"


@functools.cache
def canary_batches() -> tuple[Batch, ...]:
    """Return the counter's systems: one obligation that is false, one that is true."""
    specification = parse(HERE / "canary.spec.sol")
    compilation = compile_sources({"canary.sol": (HERE / "canary.sol").read_text()})
    contract = compilation.contract("Canary")
    ledger = derive(specification, compilation, contract, Implementation(None, (), None, ()))
    stated = state(specification, compilation, contract, ledger.obligations, (WRONG, RIGHT))
    return tuple(Batch(tuple(System(f"canary:{s.obligation}", s.text) for s in b.systems)) for b in stated.batches)


def ask(batches: Sequence[Batch], effort: Effort) -> Iterator[dict[str, Any]]:
    """Let the engine's process solve systems, and yield its rows."""
    yield from ask_process("main", Work(tuple(batches), effort.horn_s, effort.memory_mb, effort.jobs), effort)


def ask_process(entry: Choice["main", "recheck"], work: Work | Rework, effort: Effort) -> Iterator[dict[str, Any]]:
    """Run the engine's process and yield its rows; a last row `failed` says that it did not end well."""
    program = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from verifier.engines.horn.worker import {entry}; {entry}()"
    broken = ""
    rows: list[dict[str, Any]] = []
    with fresh_workspace() as workspace:
        done = run(
            [sys.executable, "-c", program],
            cwd=workspace.root,
            limits=Limits(effort.time_s, effort.memory_mb * (effort.jobs + 1)),
            env=workspace.environment,
            stdin=pickle.dumps(work),
            confine=confine(workspace.root, readable=[ROOT, *map(Path, sys.path)]),
        )
    for line in done.stdout.splitlines():
        try:
            rows.append(json.loads(line))
        except ValueError:
            broken = "it printed something that is no answer"
    yield from rows
    if done.reason or done.exit_code or broken or not any("done" in r for r in rows):
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        yield {"failed": broken or done.reason or f"it ended with {done.exit_code}: {' '.join(last)}"}
