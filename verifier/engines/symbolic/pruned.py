"""Branches that z3 left out, to be confirmed by other solvers.

Wherever a path, a getter's outcome or a case of two keys is dropped, z3 said *unsat* to some conditions. Whoever checks a proof keeps
those conditions and asks other solvers: only where each of them is unsatisfiable has nothing been left out. z3 then chooses what is looked
at, and proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from z3 import BoolRef

from verifier.engines.symbolic.resolve import relevant
from verifier.engines.symbolic.solve import Solver, script
from verifier.engines.symbolic.task import CONTESTED, UNDECIDED

_kept: list[tuple[tuple[BoolRef, ...], BoolRef | None]] | None = None


def keep_from_now() -> None:
    """Begin to keep what is left out; a process that proves does not."""
    global _kept
    _kept = []


def left_out(conditions: Iterable[BoolRef], condition: BoolRef | None) -> None:
    """Note that conditions (and one more that was asked about) have no model."""
    if _kept is not None:
        _kept.append((tuple(conditions), condition))


def unconfirmed(solver: Solver) -> str:
    """Ask about everything that was left out; return why it was not confirmed, "" where all of it was."""
    asked: set[str] = set()
    for conditions, condition in _kept or ():
        every = [*conditions] if condition is None else [*conditions, condition]
        near = every if condition is None else [*relevant(conditions, condition), condition]
        answers = []
        for chosen in (near, every):
            text = script(chosen, {}) + "(check-sat)\n"
            if text in asked:
                break
            answers.append(solver.ask(text)[0])
            if answers[-1] == "unsat":
                asked.add(text)
                break
        else:
            return CONTESTED if answers[-1] == "sat" else UNDECIDED
    return ""
