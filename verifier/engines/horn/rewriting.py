"""Rewrite the judged sources for the model checker, and keep where everything of theirs lies afterwards.

Four rewritings, each where the syntax tree says: `external` becomes `public` in headers (so that a derived contract can call),
`revert E(…)` becomes `revert()`, `require(c, E(…))` becomes `require(c)`, `assert` becomes `require` (so that every assertion is ours).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from toolchain.solc import Compilation
from verifier.engines.horn.binding import Original, extent, inventory
from verifier.engines.horn.exact import NotOffered
from verifier.reach import Code, Node, walk

SKIP = re.compile(rb"//[^\n]*|/\*.*?\*/|\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'", re.S)
WORD = re.compile(rb"[A-Za-z_$][\w$]*")


@dataclass(frozen=True, slots=True)
class Edit:
    """Bytes of a source, from `start` to `end`, that others replace."""

    start: int
    end: int
    text: bytes


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The sources with the rewritings, and what each name in them must still mean."""

    sources: Mapping[str, str]
    original: Original


def rewrite(code: Code, compilation: Compilation) -> Rewritten:
    """Rewrite the sources. Raises NotOffered where a header is not understood."""
    edits: dict[str, list[Edit]] = {path: [] for path in code.sources}
    for base in code.bases:
        path = code.paths[int(str(base["src"]).split(":")[2])]
        edits[path] += _edits(base, code.sources[path])
    return Rewritten(
        {path: _applied(text, edits[path]).decode() for path, text in code.sources.items()},
        inventory(compilation.asts, lambda path, offset: moved(edits.get(path, ()), offset)),
    )


def moved(edits: Sequence[Edit], offset: int) -> int | None:
    """Return where a byte of the original lies afterwards, None where it was replaced."""
    if any(e.start <= offset < e.end for e in edits):
        return None
    return offset + sum(len(e.text) - (e.end - e.start) for e in edits if e.end <= offset)


def _applied(text: bytes, edits: Sequence[Edit]) -> bytes:
    for e in sorted(edits, key=lambda e: e.start, reverse=True):
        text = text[: e.start] + e.text + text[e.end :]
    return text


def _edits(base: Node, source: bytes) -> Iterator[Edit]:
    for node in base["nodes"]:
        function = node["nodeType"] == "FunctionDefinition" and node["kind"] == "function" and base["contractKind"] == "contract"
        if function and node["visibility"] == "external":
            yield Edit(*_external(node, source), b"public")
    for node in walk(base):
        if node["nodeType"] == "RevertStatement":
            call = node["errorCall"]
            yield Edit(*extent(call), b"()")
        elif node["nodeType"] == "FunctionCall" and _is_custom_require(node):
            condition, error = node["arguments"]
            yield Edit(extent(condition)[1], extent(error)[1], b"")
        elif node["nodeType"] == "Identifier" and node["name"] == "assert" and node["referencedDeclaration"] < 0:
            yield Edit(*extent(node), b"require")


def _is_custom_require(node: Node) -> bool:
    identifier = str((node["expression"].get("typeDescriptions") or {}).get("typeIdentifier"))
    return identifier.startswith("t_function_require_") and "t_error" in identifier and len(node["arguments"]) == 2


def _external(node: Node, source: bytes) -> tuple[int, int]:
    """Return the place of the word `external` in a function's header."""
    start = extent(node["parameters"])[1]
    end = extent(node["body"])[0] if node.get("body") else extent(node)[1]
    masked = bytearray(source[start:end])
    for found in SKIP.finditer(bytes(masked)):
        masked[found.start() : found.end()] = b" " * (found.end() - found.start())
    for part in (*node["modifiers"], node["returnParameters"], *([node["overrides"]] if node.get("overrides") else [])):
        a, b = (max(x - start, 0) for x in extent(part))
        masked[a:b] = b" " * (min(b, len(masked)) - min(a, len(masked)))
    places = [m for m in WORD.finditer(bytes(masked)) if m.group() == b"external"]
    if len(places) != 1:
        raise NotOffered(f"the header of {node['name']} is not understood")
    return start + places[0].start(), start + places[0].end()
