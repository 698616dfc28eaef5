"""Show how a specification differs from an older one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from solwright.report.strength import change, survivor_json
from solwright.terminal import Line, Style
from specs.compare import Difference, Relation, Row
from specs.formula import place
from specs.specification import Clause, Specification
from verifier.mutants.found import Judged
from verifier.sides import Sides

SAID: dict[Relation, str] = {
    "equal": "promises the same as",
    "stronger": "promises more than",
    "weaker": "promises less than",
    "incomparable": "promises something else than",
    "unknown": "may promise less than",
}
STYLES: dict[Relation, Style] = {"equal": "weak", "stronger": "good", "weaker": "bad", "incomparable": "bad", "unknown": "bad"}


def painted(old: Specification, new: Specification, found: Difference, sides: Sides | None = None) -> Iterator[Line]:
    """Yield the difference for a terminal: what may be lost first, what is equal only as a number; then mutants that changed sides."""
    yield Line(f"{found.relation.upper()}  {new.path} {SAID[found.relation]} {old.path}", "good" if not found.loses else "bad")
    ranks: list[Relation] = ["weaker", "incomparable", "unknown", "stronger"]
    width = max((len(row.id) for row in found.rows if row.relation != "equal"), default=0)
    for relation in ranks:
        for row in (row for row in found.rows if row.relation == relation):
            yield Line(f"  {relation:12}  {row.id:{width}}  {row.note}", STYLES[relation])
            yield from _clauses(row)
    yield from (Line(f"  {row.id}: {row.note}", "weak") for row in found.rows if row.relation == "equal" and row.note)
    counted = Counter(row.relation for row in found.rows)
    yield Line(" · ".join(f"{counted[r]} {r}" for r in [*ranks, "equal"] if counted[r]) or "nothing is promised in either", "weak")
    if sides is not None:
        yield from _changed_sides(sides)
    if found.loses:
        yield Line("read both: solwright spec show FILE; what is weaker or unknown is for a person to decide", "weak")


def _changed_sides(sides: Sides) -> Iterator[Line]:
    for j in sides.lost:
        yield from _changed(j, "the new version accepts", "old", "bad")
    for j in sides.gained:
        yield from _changed(j, "the new version refuses", "new", "good")
    if not (sides.lost or sides.gained):
        yield Line("of the wrong contracts that were tried none changed sides", "weak")


def _changed(j: Judged, said: str, version: str, style: Style) -> Iterator[Line]:
    m = j.mutant
    yield Line(f"? {said} {m.path}:{m.line} {m.operator}, which breaks {j.found.obligation} of the {version} one", style)
    yield from change(j)


def _clauses(row: Row) -> Iterator[Line]:
    for word, clause in (("was", row.old), ("is", row.new)):
        if clause is not None and (row.old is None or row.new is None or row.old.text != row.new.text):
            yield Line(
                f"      {word + ':':4} {' '.join(clause.text.split())}  ({place(clause.position.line, clause.position.file)})", "plain"
            )


def to_json(old: Specification, new: Specification, found: Difference, sides: Sides | None = None) -> dict[str, Any]:
    """Return the one object of `--json`; `mutants` is null where none were asked for."""
    return {
        "schemaVersion": 1,
        "relation": found.relation,
        "old": {"name": old.name, "path": str(old.path), "digest": old.digest},
        "new": {"name": new.name, "path": str(new.path), "digest": new.digest},
        "clauses": [
            {
                "id": row.id,
                "kind": row.kind,
                "relation": row.relation,
                "note": row.note,
                "old": _clause(row.old),
                "new": _clause(row.new),
            }
            for row in found.rows
        ],
        "mutants": None if sides is None else {"acceptedNow": _mutants(sides.lost), "refusedNow": _mutants(sides.gained)},
    }


def _mutants(changed: Sequence[Judged]) -> list[dict[str, Any]]:
    return [survivor_json(j) | {"breaks": j.found.obligation} for j in changed]


def _clause(c: Clause | None) -> dict[str, Any] | None:
    return None if c is None else {"text": " ".join(c.text.split()), "line": c.position.line}
