"""Weaken a question until it is easy: fewer conditions, no arrays, nothing that another condition settles.

Each condition of the weaker question follows from those of the question. So where the weaker one has no model the question has none; any
other answer says nothing. z3 only holds the terms; what is done to them is done here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import z3

from verifier.engines.symbolic.resolve import relevant
from verifier.engines.symbolic.solve import script

TRUE, FALSE = z3.BoolVal(True), z3.BoolVal(False)
READ = "weaker_read_"


def weaken(text: str) -> str:
    """Return a weaker script about its last assertion (what merely names a value aside); "" where there is none without arrays."""
    asserted = [part for c in z3.parse_smt2_string(text.partition("(check-sat)")[0]) for part in _conjuncts(c) if not _names_value(part)]
    if not asserted or READ in text:
        return ""
    try:
        conditions = _Rewriting(_Names()).all(asserted)
        known = _settled(conditions[:-1])
        *weaker, goal = _Rewriting(_folded).all([_under(c, known) for c in conditions])
    except RecursionError:  # too deep: it is asked as it is
        return ""
    if _has_arrays(goal):
        return ""
    near = relevant([part for c in weaker if not _has_arrays(c) for part in _conjuncts(c)], goal)
    return script([*near, goal], {}).replace("(set-logic QF_AUFBV)", "(set-logic ALL)") + "(check-sat)\n"


class _Rewriting:
    """A rule applied to every part of terms, innermost first, each part once."""

    def __init__(self, rule: Callable[[z3.ExprRef], z3.ExprRef]) -> None:
        self._rule = rule
        self._done: dict[int, tuple[z3.ExprRef, z3.ExprRef]] = {}  # the term is kept, so that its id stays its own

    def all(self, terms: Sequence[z3.ExprRef]) -> list[z3.ExprRef]:
        return [self(t) for t in terms]

    def __call__(self, term: z3.ExprRef) -> z3.ExprRef:
        key = term.get_id()
        if key not in self._done:
            pairs = [(x, self(x)) for x in term.children()]
            changed = [(x, y) for x, y in pairs if not x.eq(y)]
            self._done[key] = (term, self._rule(z3.substitute(term, *changed) if changed else term))
        return self._done[key][1]


class _Names:
    """Give each word that is read from an unchanged array a name of its own: that equal places hold equal words is forgotten."""

    def __init__(self) -> None:
        self._reads: list[z3.ExprRef] = []

    def __call__(self, term: z3.ExprRef) -> z3.ExprRef:
        if not (z3.is_select(term) and z3.is_const(term.arg(0)) and z3.is_bv(term)):
            return term
        number = next((i for i, x in enumerate(self._reads) if x.eq(term)), len(self._reads))
        if number == len(self._reads):
            self._reads.append(term)
        return z3.BitVec(f"{READ}{number}", term.size())


def _names_value(c: z3.BoolRef) -> bool:
    return bool(z3.is_eq(c)) and any(z3.is_const(x) and x.decl().name().startswith("w_") for x in c.children())


def _conjuncts(c: z3.BoolRef) -> Iterator[z3.BoolRef]:
    if z3.is_and(c):
        for x in c.children():
            yield from _conjuncts(x)
    else:
        yield c


def _settled(conditions: Sequence[z3.BoolRef]) -> list[tuple[z3.BoolRef, z3.BoolRef]]:
    """Return the atoms that are conditions themselves, with their values."""
    atoms = [(c.arg(0), FALSE) if z3.is_not(c) else (c, TRUE) for c in conditions]
    return [(a, value) for a, value in atoms if not (z3.is_and(a) or z3.is_or(a) or z3.is_true(a) or z3.is_false(a))]


def _under(c: z3.BoolRef, known: Sequence[tuple[z3.BoolRef, z3.BoolRef]]) -> z3.BoolRef:
    """Put the values of atoms into a condition, but for its own."""
    own = c.arg(0) if z3.is_not(c) else c
    others = [(a, value) for a, value in known if not a.eq(own)]
    return z3.substitute(c, *others) if others else c


def _folded(term: z3.ExprRef) -> z3.ExprRef:
    """Return a term without the constants true and false as its parts; its parts are folded already."""
    parts = term.children()
    if z3.is_not(term):
        (x,) = parts
        return FALSE if z3.is_true(x) else TRUE if z3.is_false(x) else x.arg(0) if z3.is_not(x) else term
    if z3.is_and(term):
        rest = [x for x in parts if not z3.is_true(x)]
        return FALSE if any(z3.is_false(x) for x in rest) else TRUE if not rest else rest[0] if len(rest) == 1 else z3.And(*rest)
    if z3.is_or(term):
        rest = [x for x in parts if not z3.is_false(x)]
        return TRUE if any(z3.is_true(x) for x in rest) else FALSE if not rest else rest[0] if len(rest) == 1 else z3.Or(*rest)
    if z3.is_app_of(term, z3.Z3_OP_ITE) and (z3.is_true(parts[0]) or z3.is_false(parts[0])):
        return parts[1] if z3.is_true(parts[0]) else parts[2]
    return term


def _has_arrays(term: z3.ExprRef) -> bool:
    pending, seen = [term], set[int]()
    while pending:
        t = pending.pop()
        if t.get_id() not in seen:
            seen.add(t.get_id())
            if z3.is_array(t):
                return True
            pending.extend(t.children())
    return False
