"""Find which arguments of a loop's header are always equal: parameters and state that the loop leaves alone stand there twice.

All pairs of one sort are supposed to be equal, and those of which a step does not keep it are dropped until every step keeps all that is
left. What remains is told to Spacer, which seldom finds equations of arrays by itself. None of it is trusted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import z3

from verifier.engines.horn.sexpr import inside
from verifier.engines.horn.unfold import Path, Unfolding

LIMIT_MS = 2000

#: For each predicate the pairs of arguments that are equal.
Equal = Mapping[str, Sequence[tuple[int, int]]]


def equal_arguments(unfolding: Unfolding, loops: Sequence[str]) -> dict[str, list[tuple[int, int]]]:
    """Return pairs of arguments that are equal whenever the header of a loop is reached."""
    found = {name: _pairs(unfolding, name) for name in loops}
    while True:
        lost = {name: [p for p in found[name] if not _kept(unfolding, name, p, found)] for name in loops}
        if not any(lost.values()):
            return found
        found = {name: [p for p in found[name] if p not in lost[name]] for name in loops}


def _pairs(unfolding: Unfolding, name: str) -> list[tuple[int, int]]:
    sorts = [f.sort() for f in unfolding.formals(name)]
    return [(i, j) for i in range(len(sorts)) for j in range(i + 1, len(sorts)) if sorts[i].eq(sorts[j])]


def _kept(unfolding: Unfolding, name: str, pair: tuple[int, int], found: Equal) -> bool:
    formals = unfolding.formals(name)
    return all(_implies(path, formals[pair[0]] == formals[pair[1]], found) for path in unfolding.known[name])


def _implies(path: Path, equation: z3.BoolRef, found: Equal) -> bool:
    solver = z3.Solver()
    solver.set("timeout", LIMIT_MS)
    solver.add(*path.constraints, *equations(path, found), z3.Not(equation))
    return bool(solver.check() == z3.unsat)


def equations(path: Path, found: Equal) -> list[z3.BoolRef]:
    """Return what is known of the arguments with which a path passes loops."""
    return [a.arg(i) == a.arg(j) for a in path.atoms for i, j in found.get(a.decl().name(), ())]


def with_equations(name: str, definition: str, found: Equal) -> str:
    """Return a predicate's definition that says of its arguments, too, which are equal."""
    keyword, symbol, arguments, sort, body = inside(definition)
    names = [inside(a)[0] for a in inside(arguments)]
    parts = [f"(= {names[i]} {names[j]})" for i, j in found.get(name, ())]
    return f"({keyword} {symbol} {arguments} {sort} (and {body} {' '.join(parts)}))" if parts else definition
