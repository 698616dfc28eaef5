"""Mutants that change sides: wrong contracts that one version of a specification refuses and another accepts.

Where no solver decides what became of a promise, such a contract does: a mutant that broke it, and of which all is proved that the new
version promises, shows that less is promised. That nothing is lost is never concluded from mutants: there may be others.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from specs.compare import Difference, Relation, Row
from verifier.mutants.found import Judged, Strength


@dataclass(frozen=True, slots=True)
class Sides:
    """`lost`: refused by the old version and accepted by the new one, each with what it breaks; `gained`: the other way round."""

    lost: tuple[Judged, ...]
    gained: tuple[Judged, ...]


def sides(before: Strength, after: Strength) -> Sides:
    """Compare what became of the same mutants against two versions."""
    return Sides(_refused(before, after), _refused(after, before))


def with_sides(difference: Difference, found: Sides) -> Difference:
    """Return a difference in which mutants decide what no solver did."""
    ids = {row.id for row in difference.rows}
    lost, gained = _by_row(found.lost, ids), _by_row(found.gained, ids)
    rows = [_told(row, lost.pop(row.id, ()), row.id in gained) for row in difference.rows]
    return Difference((*rows, *(Row(id, "mutants", "weaker", _accepts(those)) for id, those in lost.items())))


def _refused(by: Strength, but_not_by: Strength) -> tuple[Judged, ...]:
    accepted = {j.mutant.id for j in but_not_by.judged if j.found.fate == "accepted"}
    return tuple(j for j in by.judged if j.killed and j.mutant.id in accepted)


def _by_row(mutants: Sequence[Judged], ids: Collection[str]) -> dict[str, tuple[Judged, ...]]:
    """Group mutants by the row of the obligation that they break; what the interface promises has one row for all functions."""
    found: dict[str, tuple[Judged, ...]] = {}
    for j in mutants:
        broken = j.found.obligation
        general = re.sub(r"^(?:\w+(?:\([^)]*\))?\.|stable\()(\w+)\)?$", r"\1", broken)
        row = next((id for id in (broken, general) if id in ids), broken)
        found[row] = (*found.get(row, ()), j)
    return found


def _told(row: Row, lost: Sequence[Judged], gained: bool) -> Row:
    if not lost:
        return row
    if row.relation in {"equal", "stronger"}:
        return replace(row, relation="unknown", note=f"CONFLICT: a solver says that nothing is lost, yet {_accepts(lost)}")
    decided: Relation = row.relation if row.relation != "unknown" else "incomparable" if gained else "weaker"
    return replace(row, relation=decided, note=_accepts(lost))


def _accepts(those: Sequence[Judged]) -> str:
    first, more = those[0].mutant, f", and {len(those) - 1} more" if len(those) > 1 else ""
    return f"the new version accepts a contract that the old one refuses ({first.path}:{first.line}, {first.operator}){more}"
