"""Give every clause an id that is its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from specs import specification as s
from specs.documentation import Tag
from specs.source import RULE
from specs.syntax import Syntax


def number(clauses: Iterable[tuple[Tag, Syntax, s.Clause]], taken: dict[str, str]) -> tuple[s.Clause, ...]:
    """Give every clause an id of its own; `taken` maps the ids that others use to their owners, and grows. Raises: SpecificationError."""
    rows = list(clauses)
    for tag, syntax, clause in rows:
        if clause.id:
            named = syntax.part("NAME")
            assert named is not None
            if clause.id.startswith(RULE):
                tag.source.refuse(named.start, f"the id `{clause.id}`", f"what begins with {RULE} is a rule; choose another")
            if clause.id in taken:
                tag.source.refuse(
                    named.start, f"the id `{clause.id}` for a second clause", f"it is already used by {taken[clause.id]}; choose another"
                )
            taken[clause.id] = f"`{clause.text[:60]}`"
    made = []
    for tag, _, clause in rows:
        if not clause.id:
            stem = "unauthorised" if tag.kind == "only" else tag.kind
            id, n = stem, 1
            while id in taken:
                n += 1
                id = f"{stem}{n}"
            taken[id] = f"`{clause.text[:60]}`"
            clause = replace(clause, id=id)
        made.append(clause)
    return tuple(made)
