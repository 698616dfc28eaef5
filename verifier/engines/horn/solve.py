"""Find an inductive invariant of a Horn system with z3.

Three ways, tried in order. *direct*: nothing is known between calls but what the obligation assumes, and the function has no loop: one
query decides. *loops*: the same with loops, whose invariants Spacer finds in a system of their own, and then fills in the rest. *spacer*:
the system as solc wrote it, with whatever Spacer learns of the states that calls reach. Nothing here is trusted: an invariant counts once
`check` has confirmed every clause of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal as Choice

import z3

from verifier.engines.horn.equalities import equal_arguments, equations, with_equations
from verifier.engines.horn.sexpr import inside, items, name
from verifier.engines.horn.system import GOAL
from verifier.engines.horn.unfold import TooLarge, Unfolding, all_of, any_of

#: What solc itself passes to z3; the transformations are left out, since models that they rewrote are too large to check.
SPACER = {
    "rewriter.pull_cheap_ite": True, "fp.spacer.q3.use_qgen": True, "fp.spacer.mbqi": False, "fp.spacer.ground_pobs": False,
    "fp.xform.slice": False, "fp.xform.inline_linear": False, "fp.xform.inline_eager": False, "model.inline_def": True,
}  # fmt: skip
INLINE = {"fp.xform.slice": True, "fp.xform.inline_linear": True, "fp.xform.inline_eager": True}

#: safe: `invariant` defines every predicate; unsafe: the system has no model; open: nobody knows.
Answer = Choice["safe", "unsafe", "open"]


@dataclass(frozen=True, slots=True)
class Found:
    """What one way of solving gave."""

    answer: Answer
    way: str
    invariant: str = ""
    detail: str = ""


def goal_name(text: str) -> str:
    """Return the predicate that a system's goal excludes."""
    goals: list[str] = [m for c in items(text) if c.startswith("(assert") for m in GOAL.findall(c)]
    return goals[-1]


def horn(text: str, options: Mapping[str, bool]) -> tuple[str, str]:
    """Ask Spacer; returns sat, unsat or unknown, and the model's definitions or the reason."""
    for key, value in options.items():
        z3.set_param(key, value)
    solver = z3.SolverFor("HORN")
    solver.from_string(text)
    said = str(solver.check())
    return said, solver.model().sexpr() if said == "sat" else solver.reason_unknown() if said == "unknown" else ""


def definitions(model: str) -> dict[str, str]:
    """Return the definitions of a model by name."""
    return {name(inside(d)[1]): d for d in items(model) if d.startswith("(define-fun ")}


def solve_direct(unfolding: Unfolding, text: str) -> Found:
    """Decide a goal by itself, whatever the state between calls is."""
    goal = goal_name(text)
    order = unfolding.cone(goal)
    try:
        unfolding.unfold(order)
    except TooLarge as err:
        return Found("open", "direct", detail=f"too many paths to {err}")
    if unfolding.loops(order):
        return _solve_loops(unfolding, text, goal, order)
    solver = z3.Solver()
    solver.add(any_of([all_of(p.constraints) for p in unfolding.known[goal]]))
    said = solver.check()
    if said != z3.unsat:
        return Found("open", "direct", detail="it does not follow from what is assumed" if said == z3.sat else "z3 does not decide it")
    return Found("safe", "direct", unfolding.invariant(goal, order, declared(text)))


def declared(text: str) -> list[str]:
    """Return the names of a system's predicates."""
    return [name(inside(c)[1]) for c in items(text) if c.startswith("(declare-fun")]


def _solve_loops(unfolding: Unfolding, text: str, goal: str, order: list[str]) -> Found:
    loops = unfolding.loops(order)
    equal = equal_arguments(unfolding, loops)
    reduced = unfolding.reduced(goal, order, partial(equations, found=equal))
    for options in (SPACER, {**SPACER, **INLINE}):
        said, model = horn(reduced, options)
        if said == "unsat":
            return Found("open", "loops", detail="it does not follow from what is assumed")
        if said == "sat":
            found = {n: with_equations(n, d, equal) for n, d in definitions(model).items() if n in loops}
            return _fill(text, order, found)
    return Found("open", "loops", detail=f"z3 finds no invariant of the loops: {model[:80]}")


def _fill(text: str, order: list[str], loops: Mapping[str, str]) -> Found:
    """Put the loops' invariants into the system, take what the goal does not need to be anything, and let Spacer find the rest."""
    rows, given = ["(set-logic HORN)"], dict(loops)
    for c in items(text):
        if c.startswith("(declare-datatypes"):
            rows.append(c)
    for c in items(text):
        if c.startswith("(declare-fun"):
            _, symbol, sorts, _ = inside(c)
            if name(symbol) not in order:
                arguments = " ".join(f"(a{i} {s})" for i, s in enumerate(items(sorts[1:-1])))
                given[name(symbol)] = f"(define-fun {symbol} ({arguments}) Bool true)"
            rows.append(given.get(name(symbol), c))
        elif c.startswith("(assert"):
            rows.append(c)
    said, model = horn("\n".join([*rows, "(check-sat)"]), SPACER)
    if said != "sat":
        return Found("open", "loops", detail=f"z3 cannot complete the invariant of the loops: {model[:80]}")
    found = {**definitions(model), **given}
    return Found("safe", "loops", "\n".join(found[n] for n in declared(text)))


def solve_spacer(_: Unfolding, text: str) -> Found:
    """Ask Spacer about the system as it stands."""
    said, model = horn(text, SPACER)
    if said == "sat":
        found = definitions(model)
        return Found("safe", "spacer", "\n".join(found[n] for n in declared(text) if n in found))
    return Found("unsafe" if said == "unsat" else "open", "spacer", detail=model[:80])


WAYS: tuple[Callable[[Unfolding, str], Found], ...] = (solve_direct, solve_spacer)
