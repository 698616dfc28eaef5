"""Write what an exploration asked as SMT-LIB that anyone can run: one script per path, each claim as a question of its own.

For `p` a claim, the script asserts *p ⇒ ¬claim*; *unsat* under the assumption `p` means that the claim holds on the path. The text depends
on the exploration alone, not on how solvers were asked or what they answered. Claims that are true by their form are not asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from z3 import Bool, Context, Implies, Not, SolverFor, is_true, simplify

from verifier.engines.symbolic.explore import Exploration, PathRecord
from verifier.engines.symbolic.judge import asks_whether_reachable

HEADER = """; {title}
; Each (check-sat-assuming ...) must answer `unsat`: its claim then holds on its path. Each plain (check-sat) stands for a call that
; succeeds; one of an obligation must answer `sat`.
"""


def write_queries(exploration: Exploration, obligations: Sequence[str]) -> str:
    """Return the scripts of an exploration's obligations."""
    wanted = frozenset(obligations)
    return HEADER.format(title=exploration.title) + "".join(
        text for number, path in enumerate((*exploration.paths, *exploration.cuts)) for text in _of_path(number, path, wanted)
    )


def _of_path(number: int, path: PathRecord, wanted: frozenset[str]) -> Iterator[str]:
    mine = [c for c in path.claims if c.obligation in wanted]
    reached = [c.obligation for c in mine if asks_whether_reachable(c.obligation) and not path.at_callout]
    stated = [(c, simplify(c.formula)) for c in mine if c.formula is not None and not asks_whether_reachable(c.obligation)]
    asked = [(c.obligation, formula) for c, formula in stated if not is_true(formula)]
    if not asked and not reached:
        return
    solver = SolverFor("QF_AUFBV", ctx=Context())
    for condition in path.conditions:
        solver.add(condition.translate(solver.ctx))
    for i, (_, formula) in enumerate(asked):
        solver.add(Implies(Bool(f"claim_{i}", solver.ctx), Not(formula.translate(solver.ctx))))
    text = solver.to_smt2().replace("(check-sat)\n", "")
    text = "\n".join(line for line in text.split("\n") if line and not line.startswith("; "))
    yield f"\n; ---- path {number}{' at a call-out' if path.at_callout else ''}\n(set-logic QF_AUFBV)\n{text}\n"
    yield from (f"(check-sat-assuming (claim_{i})) ; {id}\n" for i, (id, _) in enumerate(asked))
    yield from (f"(check-sat) ; {id}\n" for id in reached)
    yield "(reset)\n"
