"""Mutants decide what no solver did, and only to the worse."""

from __future__ import annotations

import pytest

from specs.compare import Difference, Relation, Row
from verifier.mutants.edit import Mutant
from verifier.mutants.found import Fate, Found, Judged, Strength
from verifier.sides import Sides, sides, with_sides


def mutant(number: int, fate: Fate, obligation: str = "") -> Judged:
    made = Mutant(f"C.sol:{number}", "C.sol", number, "constant", 0, 1, "1", ("f",))
    return Judged(made, "held-out", f"{number:064x}", "", Found(fate, "fuzz" if fate == "killed" else None, obligation))


def strength(*judged: Judged) -> Strength:
    return Strength("0", 400, False, len(judged), 0, 0, 0, judged, 1.0)


def rows(*relations: tuple[str, Relation]) -> Difference:
    return Difference(tuple(Row(id, "ensures", relation, "as it was") for id, relation in relations))


def test_only_what_one_refuses_and_the_other_accepts_changes_sides() -> None:
    old = strength(
        mutant(1, "killed", "f.a"), mutant(2, "killed", "f.a"), mutant(3, "accepted"), mutant(4, "undecided"), mutant(5, "killed")
    )
    new = strength(mutant(1, "accepted"), mutant(2, "undecided"), mutant(3, "killed", "f.b"), mutant(4, "killed", "f.b"))
    found = sides(old, new)
    assert [j.mutant.line for j in found.lost] == [1] and [j.mutant.line for j in found.gained] == [3]


@pytest.mark.parametrize(
    ("obligation", "row"),
    [("f.a", "f.a"), ("f.solvent", "solvent"), ("stable(solvent)", "solvent"), ("f(uint256).solvent", "solvent"), ("rule_x", "rule_x")],
)
def test_a_mutant_belongs_to_the_row_of_what_it_breaks(obligation: str, row: str) -> None:
    found = with_sides(
        rows(("f.a", "unknown"), ("solvent", "unknown"), ("rule_x", "unknown")), Sides((mutant(1, "killed", obligation),), ())
    )
    assert [r.id for r in found.rows if r.relation == "weaker"] == [row]
    assert "C.sol:1" in next(r.note for r in found.rows if r.id == row)


def test_what_is_gained_makes_nothing_stronger() -> None:
    before = rows(("f.a", "unknown"), ("f.b", "weaker"))
    assert with_sides(before, Sides((), (mutant(1, "killed", "f.a"), mutant(2, "killed", "f.b")))) == before
    both = with_sides(before, Sides((mutant(1, "killed", "f.a"),), (mutant(2, "killed", "f.a"),)))
    assert [r.relation for r in both.rows] == ["incomparable", "weaker"]


@pytest.mark.parametrize("said", ["equal", "stronger"])
def test_a_solver_and_a_mutant_that_contradict_each_other_are_a_conflict(said: Relation) -> None:
    (row,) = with_sides(rows(("f.a", said)), Sides((mutant(1, "killed", "f.a"),), ())).rows
    assert row.relation == "unknown" and row.note.startswith("CONFLICT: ")


def test_what_no_row_speaks_of_is_a_row_of_its_own() -> None:
    found = with_sides(rows(), Sides((mutant(1, "killed", "undeclared"), mutant(2, "killed", "undeclared")), ()))
    assert [(r.id, r.relation) for r in found.rows] == [("undeclared", "weaker")] and ", and 1 more" in found.rows[0].note
