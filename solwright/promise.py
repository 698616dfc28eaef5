"""Show a specification's plain words on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from solwright.terminal import Line, Terminal
from specs import render

if TYPE_CHECKING:
    from specs.examples import Examples
    from specs.specification import Specification


def examples_of(specification: Specification, terminal: Terminal) -> dict[str, Examples]:
    """Find, for each clause, a call that it accepts and one that it rejects, by the clause's id."""
    from specs.examples import examples

    terminal.tell("looking for a call that each clause accepts, and one that it rejects")
    return {e.id: e for e in examples(specification)}


def painted(lines: Iterable[render.Line], examples: Mapping[str, Examples] | None = None) -> Iterator[Line]:
    """Yield the description's lines for a terminal; an empty line before each heading, examples behind their clause."""
    for line in lines:
        if line.kind == "heading":
            yield Line("")
            yield Line(line.text, "head")
        else:
            yield Line(str(line), "weak" if line.kind == "note" else "plain")
            found = examples.get(line.id) if examples is not None and line.kind == "clause" else None
            if found is not None:
                yield Line(f"      accepts: {found.accepted or 'no example was found'}", "weak")
                yield Line(f"      rejects: {found.rejected or 'no example was found'}", "weak")
