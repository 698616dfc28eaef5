"""Find functions that may call themselves, directly or by way of others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from verifier.reach import CALLABLE, Code, Node, shape, walk

Shape = tuple[str, ...]


def recursive(code: Code) -> Iterator[Node]:
    """Yield the functions and modifiers that lie on a cycle of calls; a call reaches every override of what it names."""
    definitions = {n["id"]: n for e in code.entries for n in e.nodes if n["nodeType"] in CALLABLE}
    calls: dict[Shape, set[Shape]] = {}
    for d in definitions.values():
        named = (definitions.get(n.get("referencedDeclaration", -1)) for n in walk(d))
        calls.setdefault(shape(d), set()).update(shape(n) for n in named if n is not None)
    for d in definitions.values():
        if shape(d) in _reached(calls, shape(d)):
            yield d


def _reached(calls: Mapping[Shape, set[Shape]], start: Shape) -> set[Shape]:
    found: set[Shape] = set()
    pending = [*calls.get(start, ())]
    while pending:
        at = pending.pop()
        if at not in found:
            found.add(at)
            pending += calls.get(at, ())
    return found
