"""Keep what an engine brought back, by the digest of everything that it depended on.

The key covers the specification and its imports, the ledger, the sources and settings, the artifact, its lock and lemmas, the limits of
the code, the effort, the versions of the tools, and our own source; a run that met a time limit or failed is not kept. What is read back
must carry the stamps of what it is asked for: a damaged or foreign file is no answer.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from toolchain.install import lock, python_tools
from toolchain.process import atomic_write

if TYPE_CHECKING:
    from verifier.judge import Case, EngineRun

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("specs", "toolchain", "verifier")


@functools.cache
def own_digest() -> str:
    """Return the digest of our own source, of the tools that it pins, and of the versions of Python packages that are installed."""
    digest = hashlib.sha256(json.dumps([lock(), python_tools()], sort_keys=True, default=str).encode())
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in {".py", ".sol", ".json", ".js", ".lark", ".toml"}:
                digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def key_of(engine: str, case: Case, only: Sequence[str] = ()) -> str:
    """Return the digest of everything that an engine's answers depend on; `only`: the obligations that it was asked, none for all."""
    job = case.job
    effort = replace(job.effort, jobs=0)
    parts = (
        engine,
        own_digest(),
        job.specification.digest,
        repr(job.specification.sources or job.specification.text),
        job.ledger.artifact,
        job.contract.name,
        repr(job.ledger.obligations),
        repr(case.implementation),
        repr((case.observes_returns, case.extra_views)),
        repr(effort),
        repr(case.limits),
        case.path,
        *(["only", *sorted(only)] if only else []),
    )
    text = json.dumps([*parts, dict(job.compilation.input)], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


@functools.cache
def _written() -> TypeAdapter[EngineRun]:
    from verifier.judge import EngineRun

    return TypeAdapter(EngineRun)


def recall(engine: str, case: Case, only: Sequence[str] = ()) -> EngineRun | None:
    """Return what the engine said of the same case before; None where it did not, or where the file is damaged."""
    if case.job.cache is None:
        return None
    try:
        raw = (case.job.cache / "runs" / key_of(engine, case, only)).read_bytes()
        found = _written().validate_json(raw)
    except (OSError, ValidationError):
        return None
    wanted = (case.job.specification.digest, case.job.ledger.artifact)
    if any((r.stamp.specification, r.stamp.artifact) != wanted for r in found.results):
        return None
    return replace(found, results=tuple(replace(r, cached=True) for r in found.results))


def keep(engine: str, case: Case, run: EngineRun, only: Sequence[str] = ()) -> None:
    """Remember what an engine said, unless time decided it."""
    unsure = any(r.outcome == "failed" or "time limit" in r.reason for r in run.results) or any(not c.intact for c in run.canaries)
    if case.job.cache is None or unsure:
        return
    folder = case.job.cache / "runs"
    with contextlib.suppress(OSError):  # a full or read-only disk: the engine is merely asked again
        folder.mkdir(parents=True, exist_ok=True)
        atomic_write(folder / key_of(engine, case, only), _written().dump_json(run))
