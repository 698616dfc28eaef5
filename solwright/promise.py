"""Show a specification's plain words on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from solwright.terminal import Line
from specs import render


def painted(lines: Iterable[render.Line]) -> Iterator[Line]:
    """Yield the description's lines for a terminal; an empty line before each heading."""
    for line in lines:
        if line.kind == "heading":
            yield Line("")
            yield Line(line.text, "head")
        else:
            yield Line(str(line), "weak" if line.kind == "note" else "plain")
