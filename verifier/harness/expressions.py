"""Find what stands in the clauses of a call: their expressions, the names that are keys, the results that they speak of."""

from __future__ import annotations

from collections.abc import Iterator

from specs import formula as f
from specs import specification as s
from specs.formula import Expression
from specs.specification import Specification
from verifier.harness.hints import at_deployment


def clauses_of(specification: Specification, c: int) -> tuple[s.Clause, ...]:
    """Return the clauses of a context: 0 is the constructor, the others are the functions."""
    return specification.constructor.clauses if c == 0 else specification.functions[c - 1].clauses


def expressions_of(x: s.Clause) -> Iterator[Expression]:
    """Yield the expressions of a clause."""
    match x:
        case s.Changes():
            for change in x.changes:
                yield change.location
                yield change.amount
        case s.Modifies():
            for location in x.locations:
                yield from location.arguments or ()
        case s.Pays():
            yield from (e for e in (x.to, x.amount, x.when) if e is not None)
        case s.Emits():
            yield from x.arguments
            if x.when is not None:
                yield x.when
        case s.Reverts():
            yield x.formula
            if x.error is not None:
                yield from x.error.arguments
        case s.Succeeds():
            if x.formula is not None:
                yield x.formula
        case s.Initially() | s.Deployable() | s.Undeployable() | s.Invariant() | s.Transition() | s.Assume() | s.Ensures() | s.Equals():
            yield x.formula
        case s.Environment():
            return
        case _:
            raise AssertionError(f"no expressions are known of {type(x).__name__}")


def formulas_of(specification: Specification, c: int) -> list[Expression]:
    """Return the formulas that decide how a call of a context ends, in whose comparisons lies what is worth drawing."""
    found: list[Expression] = []
    for x in clauses_of(specification, c):
        match x:
            case s.Reverts() | s.Undeployable() | s.Deployable() | s.Ensures() | s.Initially() | s.Equals():
                found.append(x.formula)
            case s.Succeeds() if x.formula is not None:
                found.append(x.formula)
            case s.Changes():
                found += [change.amount for change in x.changes]
            case s.Pays() | s.Emits() if x.when is not None:
                found.append(x.when)
            case _:  # compares nothing
                continue
    if c == 0:
        initially = [x.formula for x in specification.constructor.clauses if isinstance(x, s.Initially)]
        later = [e for n in range(len(specification.functions)) for e in formulas_of(specification, 1 + n)]
        found += at_deployment(initially, [*later, *(inv.formula for inv in specification.invariants)])
    return found


def key_names(specification: Specification, c: int) -> frozenset[str]:
    """Return the names of parameters that stand as a key of a getter in some clause; of a view, all."""
    if c > 0 and specification.functions[c - 1].is_view:
        return frozenset(p.name for p in specification.functions[c - 1].parameters)
    clauses = clauses_of(specification, c)
    expressions = [e for x in clauses for e in expressions_of(x)]
    names = {a.name for e in expressions for y in f.walk(e) if isinstance(y, f.Read) for a in y.arguments if isinstance(a, f.Variable)}
    names |= {a.name for e in expressions for y in f.walk(e) if isinstance(y, f.Sum) for a in y.keys if isinstance(a, f.Variable)}
    locations = [loc for x in clauses if isinstance(x, s.Modifies) for loc in x.locations]
    return frozenset(names | {a.name for loc in locations for a in loc.arguments or () if isinstance(a, f.Variable)})


def result_names(specification: Specification, c: int) -> tuple[frozenset[str], frozenset[str]]:
    """Return the results that stand in what is evaluated before the call, and those that stand as keys anywhere."""
    early: set[str] = set()
    for x in clauses_of(specification, c):
        if isinstance(x, s.Changes | s.Modifies | s.Pays | s.Emits):
            early |= {y.name for e in expressions_of(x) for y in f.walk(e) if isinstance(y, f.Variable) and y.role == "result"}
    keys = key_names(specification, c) | early
    return frozenset(early), frozenset(specification.functions[c - 1].results if c else ()) & keys
