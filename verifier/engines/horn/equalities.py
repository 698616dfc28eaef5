"""Find which arguments of a loop's header are always equal: parameters and state that the loop leaves alone stand there twice.

All pairs of one sort are supposed to be equal, and those of which a step does not keep it are dropped until every step keeps all that is
left. What remains is told to Spacer, which seldom finds equations of arrays by itself. None of it is trusted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import z3

from verifier.engines.horn.sexpr import inside
from verifier.engines.horn.unfold import Path, Unfolding, any_of

LIMIT_MS = 2000

#: For each predicate the pairs of arguments that are equal.
Equal = Mapping[str, Sequence[tuple[int, int]]]


def equal_arguments(unfolding: Unfolding, loops: Sequence[str]) -> dict[str, list[tuple[int, int]]]:
    """Return pairs of arguments that are equal whenever the header of a loop is reached."""
    found = {name: _pairs(unfolding, name) for name in loops}
    while True:
        kept = {name: _kept(unfolding, name, found) for name in loops}
        if kept == found:
            return found
        found = kept


def _pairs(unfolding: Unfolding, name: str) -> list[tuple[int, int]]:
    sorts = [f.sort() for f in unfolding.formals(name)]
    return [(i, j) for i in range(len(sorts)) for j in range(i + 1, len(sorts)) if sorts[i].eq(sorts[j])]


def _kept(unfolding: Unfolding, name: str, found: Equal) -> list[tuple[int, int]]:
    """Return the pairs of which every step keeps the equation, if all that was found holds before it."""
    formals = unfolding.formals(name)
    rest = {p: formals[p[0]] == formals[p[1]] for p in found[name]}
    for path in unfolding.known[name]:
        solver = z3.Solver()
        solver.set("timeout", LIMIT_MS)
        solver.add(*path.constraints, *equations(path, found))
        while rest and (lost := _lost(solver, rest)):
            rest = {p: e for p, e in rest.items() if p not in lost}
    return [*rest]


def _lost(solver: z3.Solver, rest: Mapping[tuple[int, int], z3.BoolRef]) -> set[tuple[int, int]]:
    """Return equations that do not follow: those that one model breaks, or those that are not decided one by one; none where all follow."""
    said = solver.check(any_of([z3.Not(e) for e in rest.values()]))
    if said == z3.unsat:
        return set()
    if said == z3.sat:
        model = solver.model()
        broken = {p for p, e in rest.items() if z3.is_false(model.eval(e, model_completion=True))}
        if broken:
            return broken
    return {p for p, e in rest.items() if solver.check(z3.Not(e)) != z3.unsat}


def equations(path: Path, found: Equal) -> list[z3.BoolRef]:
    """Return what is known of the arguments with which a path passes loops."""
    return [a.arg(i) == a.arg(j) for a in path.atoms for i, j in found.get(a.decl().name(), ())]


def with_equations(name: str, definition: str, found: Equal) -> str:
    """Return a predicate's definition that says of its arguments, too, which are equal."""
    keyword, symbol, arguments, sort, body = inside(definition)
    names = [inside(a)[0] for a in inside(arguments)]
    parts = [f"(= {names[i]} {names[j]})" for i, j in found.get(name, ())]
    return f"({keyword} {symbol} {arguments} {sort} (and {body} {' '.join(parts)}))" if parts else definition
