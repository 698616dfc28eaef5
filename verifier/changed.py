"""Which functions differ from the contract that was judged last against the same specification.

This only steers where samples are drawn most densely: what it overlooks is sampled less, and proofs do not ask it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from toolchain.process import atomic_write
from toolchain.solc import Compilation
from verifier.engines.job import Job
from verifier.reach import walk

REST = ""
CODE = {"FunctionDefinition", "ModifierDefinition"}


def changed_since_last(job: Job, now: Mapping[str, str]) -> frozenset[str] | None:
    """Return the names of functions whose code differs from the last contract's; None where there is none, or where more changed."""
    path = _path(job)
    try:
        last = json.loads(path.read_text()) if path else {}
        if last[REST] != now[REST]:
            return None
        return frozenset(name for name, digest in now.items() if last.get(name) != digest)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def remember_last(job: Job, now: Mapping[str, str]) -> None:
    """Remember this contract, by its digests, as the last one."""
    path = _path(job)
    if path is not None:
        with contextlib.suppress(OSError):  # no room: the next one is sampled evenly
            path.parent.mkdir(parents=True, exist_ok=True)
            atomic_write(path, json.dumps(now).encode())


def digests(compilation: Compilation) -> Mapping[str, str]:
    """Return a digest of each function's source with everything that it may call, by name, and of all that is in no function."""
    sources = {compilation.source_ids[path]: compilation.input["sources"][path]["content"].encode() for path in compilation.asts}
    code = [node for ast in compilation.asts.values() for node in walk(ast) if node["nodeType"] in CODE]
    named: dict[str, list[Mapping[str, Any]]] = {}
    for node in code:
        named.setdefault(node["name"] or node["kind"], []).append(node)

    def text(node: Mapping[str, Any]) -> str:
        start, length, file = (int(x) for x in node["src"].split(":"))
        own: bytes = sources[file][start : start + length]
        return own.decode()

    def reached(name: str, seen: set[str]) -> Iterator[str]:
        if name in seen:
            return
        seen.add(name)
        for node in named.get(name, ()):
            yield (own := text(node))
            for other in sorted(set(re.findall(r"\w+", own)) & named.keys()):
                yield from reached(other, seen)

    rest = b"".join(sources[i] for i in sorted(sources)).decode()
    for node in code:
        rest = rest.replace(text(node), "")
    return {name: _digest(reached(name, set())) for name in named} | {REST: _digest([rest])}


def _digest(texts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def _path(job: Job) -> Path | None:
    return job.cache / "last" / job.specification.digest if job.cache is not None else None
