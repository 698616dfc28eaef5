"""Claims of one path as queries, and what solvers say of them.

A claim is proved on a path when *conditions ∧ ¬claim* is unsatisfiable. Multiplication and division of unknowns are uninterpreted first:
unsatisfiable then means unsatisfiable always. A model that used an uninterpreted operation is refined once with the real one; if that is
not decided, the answer is unknown.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from math import ceil
from pathlib import Path
from typing import Any, Literal

from halmos.sevm import SMTQuery
from halmos.solve import refine
from z3 import (
    ULT,
    BitVec,
    BoolRef,
    CheckSatResult,
    Context,
    Not,
    Or,
    SolverFor,
    is_and,
    is_app,
    is_bv_value,
    is_false,
    is_or,
    is_true,
    sat,
    simplify,
    unsat,
)

from verifier.engines.symbolic.clock import PATIENCE
from verifier.engines.symbolic.resolve import relevant, subterms

Answer = Literal["valid", "violated", "unknown"]
NAME = r"(\|[^|]*\||[^\s()|]+)"
VALUE = re.compile(rf"\(\s*{NAME}\s+(#b[01]+|#x[0-9a-fA-F]+|\(_ bv\d+ \d+\))\s*\)")
CONSTANT = re.compile(rf"\(declare-fun {NAME} \(\) \(_ BitVec \d+\)\)")

QUICK_MS = 300
SECOND_MS = 5000
WHOLE_S, GUESS_S = 4.0, 2.0
SMALL = 1 << 16  # numbers that are multiplied and divided are tried below it first
PRODUCT = "f_evm_"  # how halmos names multiplication and division of unknown numbers
SOON_S, EASY_MS = 2.0, 1000  # what yices has not decided by then, z3 is asked; it decides soon or not at all
MOST_PARTS = 64
CONTRADICTED = "yices says unsat and z3 finds a model"


@dataclass(frozen=True, slots=True)
class Solved:
    """The answer for one formula. `model` gives the asked terms as numbers where it is violated (or, for a cover, reached).

    `values` are of all bit-vectors of the query, as the solver wrote them.
    """

    answer: Answer
    model: Mapping[str, int] = field(default_factory=dict)
    reason: str = ""
    query: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


class Solver:
    """An SMT solver on its own process per query; `command` ends where the file name goes.

    `held_against_z3`: a model decides only if z3 does not refute it, and z3 helps where no answer comes soon.
    """

    def __init__(self, command: Sequence[str], time_s: float, known: Mapping[str, str], *, held_against_z3: bool = True) -> None:
        self.held_against_z3 = held_against_z3
        self.command = tuple(command)
        self.time_s = time_s
        self.known = known  # digests of queries that are unsatisfiable
        self.proved: set[str] = set()
        self.queries = 0
        self.memory: dict[str, tuple[str, str]] = {}

    def knows(self, text: str) -> bool:
        """Tell whether a query is known to be unsatisfiable from an earlier run."""
        digest = _digest(text)
        known = digest in self.known
        if known:
            self.proved.add(digest)
        return known

    def remember(self, text: str) -> None:
        """Note that a query is unsatisfiable, since all that it is made of is."""
        self.proved.add(_digest(text))

    def forget(self, text: str, why: str) -> None:
        """Answer unknown from now on, and let nobody know that the query was called unsatisfiable: another solver contradicts."""
        self.memory[text] = ("unknown", why)
        self.proved.discard(_digest(text))

    def is_fresh(self, text: str) -> bool:
        """Tell whether an answer was not known before this run."""
        return _digest(text) not in self.known

    def ask(self, text: str, time_s: float | None = None) -> tuple[str, str]:
        """Return the first line (sat, unsat, unknown, or what went wrong) and the rest.

        Where it does not come soon, z3 may find in the meantime that there is no model.
        """
        if text in self.memory:
            return self.memory[text]
        if self.knows(text):
            return "unsat", ""
        self.queries += 1
        try:
            said, complaint = self._run(text, time_s or self.time_s)
        except subprocess.TimeoutExpired:
            return "unknown", "time limit"
        head, _, rest = said.partition("\n")
        if head.strip() not in {"sat", "unsat", "unknown"}:
            return "failed", f"the solver said: {(said or complaint).strip()[:200]}"
        self.memory[text] = (head.strip(), rest)
        if head.strip() == "unsat":
            self.remember(text)
        return self.memory[text]

    def _run(self, text: str, time_s: float) -> tuple[str, str]:
        """Return what the process says on its two streams. Raises: TimeoutExpired, after so many seconds of work."""
        with tempfile.TemporaryDirectory(prefix="solwright-smt-") as where:
            path = Path(where) / "query.smt2"
            path.write_text(text)
            limited = ["/bin/sh", "-c", 'ulimit -t "$0" && exec "$@"', str(ceil(time_s)), *self.command, str(path)]
            with subprocess.Popen(limited, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
                try:
                    answer: tuple[str, str] | None = None
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        answer = process.communicate(timeout=min(SOON_S, time_s))
                    if answer is None and self.held_against_z3 and _has_none(text.partition("(check-sat)")[0], EASY_MS):
                        return "unsat", ""
                    answer = answer or process.communicate(timeout=max(0.0, PATIENCE * time_s - SOON_S))
                    if process.returncode in {-signal.SIGXCPU, -signal.SIGKILL}:
                        raise subprocess.TimeoutExpired(process.args, time_s)
                    return answer
                finally:
                    process.kill()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def script(conditions: Sequence[BoolRef], terms: Mapping[str, Any]) -> str:
    """Return an SMT-LIB script without `check-sat`: the conditions, and a constant `w_<name>` for every term that a model is asked for."""
    solver = SolverFor("QF_AUFBV", ctx=Context())
    for c in conditions:
        solver.add(c.translate(solver.ctx))
    for name, term in terms.items():
        solver.add((BitVec(f"w_{name}", term.size()) == term).translate(solver.ctx))
    asserted: str = solver.to_smt2()
    return "(set-logic QF_AUFBV)\n" + asserted.replace("(check-sat)", "")


def solve(solver: Solver, conditions: Sequence[BoolRef], claim: BoolRef, terms: Mapping[str, Any], time_s: float | None = None) -> Solved:
    """Decide whether the claim holds wherever the conditions do: as one question if that is answered soon, else part by part.

    Where a part is not decided, the whole gets all of the time, if it had less: on a slow machine it may be easy and yet not answered soon.
    """
    limit = time_s or solver.time_s
    simple = simplify(claim)
    parts = list(islice(conjuncts(simple), MOST_PARTS + 1))
    if not 1 < len(parts) <= MOST_PARTS:
        return _hold(solver, conditions, simple, terms, limit)
    whole = _hold(solver, conditions, simple, terms, min(WHOLE_S, limit))
    if whole.answer != "unknown":
        return whole
    answers = []
    for part in parts:
        answers.append(_hold(solver, conditions, part, terms, limit))
        if answers[-1].answer == "unknown" and limit > WHOLE_S:
            return _hold(solver, conditions, simple, terms, limit)
        if answers[-1].answer != "valid":
            return answers[-1]
    return answers[0]


def conjuncts(claim: BoolRef) -> Iterator[BoolRef]:
    """Yield parts that hold together exactly where the claim does: of a conjunction, also of one below a disjunction."""
    sides = _disjuncts(claim)
    inner = next((i for i, side in enumerate(sides) if is_and(side)), None)
    if inner is not None:
        for x in sides[inner].children():
            yield from conjuncts(Or(*sides[:inner], x, *sides[inner + 1 :]))
    else:
        yield claim


def _disjuncts(claim: BoolRef) -> list[BoolRef]:
    return [side for x in claim.children() for side in _disjuncts(x)] if is_or(claim) else [claim]


def _hold(solver: Solver, conditions: Sequence[BoolRef], simple: BoolRef, terms: Mapping[str, Any], time_s: float) -> Solved:
    """Decide a simplified claim: first with the conditions that speak of it, then with all of them."""
    if is_true(simple):
        return Solved("valid")
    goal = [] if is_false(simple) else [Not(simple)]
    if goal:
        near = relevant(conditions, simple)
        if len(near) < len(conditions):
            first = _decide(solver, [*near, *goal], None, time_s)
            if first.answer != "violated":
                return first
    answer = _decide(solver, [*conditions, *goal], terms, time_s)
    if answer.answer == "violated" and solver.held_against_z3 and _refutes(answer):
        return Solved("valid", reason="z3 refutes the model of yices", query=answer.query)
    return answer


def _decide(solver: Solver, constraints: Sequence[BoolRef], terms: Mapping[str, Any] | None, time_s: float) -> Solved:
    """Return `valid` where the constraints have no model. Without `terms` no model is asked for.

    yices 2.6.4 has answered `sat` to a query without a model (tests/verifier/test_solve.py), so neither of its answers stands alone: an
    `unsat` fails here where z3 finds a model quickly; a `sat` that decides is held against z3. What yices does not answer soon, z3 may
    (`Solver.ask`): its `unsat` counts where yices found no model until then.
    """
    text: str = script(constraints, terms or {})
    names = CONSTANT.findall(text) if terms is not None else []
    tail = "(check-sat)\n" + (f"(get-value ({' '.join(names)}))\n" if names else "")
    head, rest = solver.ask(text + tail, time_s)
    if head == "sat" and f"declare-fun {PRODUCT}" in text:
        text = refine(SMTQuery(text, [])).smtlib
        if f"declare-fun {PRODUCT}" in text:
            return Solved("unknown", reason="the model uses an operation that is not interpreted", query=text)
        head, rest = _ask_with_small_factors(solver, constraints, terms or {}, tail, time_s)
        if head != "sat":
            head, rest = solver.ask(text + tail, time_s)
    if head == "unsat":
        if solver.is_fresh(text + tail) and _ask_z3(text, QUICK_MS) == sat:
            solver.forget(text + tail, CONTRADICTED)
            return Solved("unknown", reason=CONTRADICTED, query=text)
        return Solved("valid", query=text)
    if head == "sat":
        values = dict(VALUE.findall(rest))
        model = {f"w_{n}": number(values[f"w_{n}"]) for n in terms or {} if f"w_{n}" in values}
        return Solved("violated", model, query=text, values=values)
    return Solved("unknown", reason=rest if head == "failed" else f"solver: {rest or 'unknown'}", query=text)


def _factors(conditions: Sequence[BoolRef]) -> list[Any]:
    """Return the unknown numbers that are multiplied and divided, without those which are made of products."""
    made: set[int] = set()
    found: dict[int, Any] = {}
    for term in subterms(conditions):
        is_product = is_app(term) and term.decl().name().startswith(PRODUCT)
        if is_product:
            found |= {x.get_id(): x for x in term.children() if x.get_id() not in made and not is_bv_value(x)}
        if is_product or any(x.get_id() in made for x in term.children()):
            made.add(term.get_id())
    return list(found.values())


def _ask_with_small_factors(
    solver: Solver, constraints: Sequence[BoolRef], terms: Mapping[str, Any], tail: str, time_s: float
) -> tuple[str, str]:
    """Ask for a model with factors that are small, and would have one if any product did: such products are computed, not searched for.

    No other answer than `sat` says anything about the constraints.
    """
    factors, limit = _factors(constraints), min(GUESS_S, time_s)
    named = {f"factor{i}": x for i, x in enumerate(factors)}
    text = script([*constraints, *(ULT(x, SMALL) for x in factors)], named)
    head, rest = solver.ask(f"{text}(check-sat)\n(get-value ({' '.join(f'w_{name}' for name in named)}))\n", limit)
    if head != "sat":
        return head, rest
    values = dict(VALUE.findall(rest))
    fixed = [x == number(values[f"w_{name}"]) for name, x in named.items()]
    return solver.ask(refine(SMTQuery(script([*constraints, *fixed], terms), [])).smtlib + tail, limit)


def model_of(constraints: Sequence[BoolRef], terms: Mapping[str, Any], time_s: float) -> Mapping[str, int]:
    """Return the values of terms in a model of z3's, for people to look at: nothing is decided by it. Empty where none is found in time.

    yices 2.6.4 gives values that contradict each other (a sum that is not the sum of its parts).
    """
    text = script(constraints, terms)
    if f"declare-fun {PRODUCT}" in text:
        text = refine(SMTQuery(text, [])).smtlib
    second = SolverFor("QF_AUFBV", ctx=Context())
    second.set(timeout=int(1000 * time_s))
    second.from_string(text)
    if f"declare-fun {PRODUCT}" in text or second.check() != sat:
        return {}
    model = second.model()
    return {f"w_{n}": model.eval(BitVec(f"w_{n}", t.size(), second.ctx), model_completion=True).as_long() for n, t in terms.items()}


def _refutes(answer: Solved) -> bool:
    """Tell whether z3 shows that there is no model; most often it finds one with the same values of everything."""
    same = "".join(f"(assert (= {n} {x}))\n" for n, x in answer.values.items())
    if _ask_z3(answer.query + same, SECOND_MS) == sat:
        return False
    return _has_none(answer.query, SECOND_MS)


def _has_none(text: str, limit_ms: int) -> bool:
    """Tell whether z3 shows in this time that there is no model."""
    return bool(_ask_z3(text, limit_ms) == unsat)


def _ask_z3(text: str, limit_ms: int) -> CheckSatResult:
    second = SolverFor("QF_AUFBV", ctx=Context())
    second.set(timeout=limit_ms)
    second.from_string(text)
    return second.check()


def number(text: str) -> int:
    """Read a bit-vector literal."""
    if text.startswith("#b"):
        return int(text[2:], 2)
    if text.startswith("#x"):
        return int(text[2:], 16)
    return int(text.split()[1][2:])
