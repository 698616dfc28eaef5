"""Ask whether some call that is promised to succeed cannot: no result, or no value afterwards, is as its clauses demand.

One value at a time, where the clauses compare it with what is known before the call. All values that fit lie between such bounds, so it is
enough to try the bounds, their neighbours, and the first and the last value of the type. Of anything else nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from specs import formula as f
from specs import specification as s
from specs.contradiction import Finding, Question, hypotheses, unpaid
from specs.formula import BOOL, NUMBER, UINT256, Expression, Type
from specs.positional import NOWHERE, substitute
from specs.reference import afterwards
from specs.render import full_name
from specs.solver import Answer, Translation
from specs.text import to_text

COMPARISONS = {"==", "!=", "<", "<=", ">", ">="}
MOST = 40  # values that are tried


def questions(spec: s.Specification) -> Iterator[Question]:
    """Yield a question for each value that a function's clauses bound, and each promise of success."""
    for fn in spec.entries:
        for unknown, parts in _bounded(spec, fn):
            for success in (c for c in fn.clauses if isinstance(c, s.Succeeds) and c.mode != "never"):
                question = _impossible(spec, fn, success, unknown, parts)
                if question is not None:
                    yield question


def _bounded(spec: s.Specification, fn: s.Function) -> Iterator[tuple[Expression, list[Expression]]]:
    """Yield what the function leaves open and its clauses bound: the value, and all that is demanded of it."""
    listed = [x for c in fn.clauses if isinstance(c, s.Modifies) for x in c.locations]
    moving = {x.getter for x in listed} | {x.location.getter for c in fn.clauses if isinstance(c, s.Changes) for x in c.changes}
    open_at = {(x.getter, tuple(map(to_text, x.arguments))) for x in listed if x.arguments is not None}
    demanded = [c for c in (*fn.clauses, *spec.transitions, *spec.invariants) if isinstance(c, s.Ensures | s.Transition | s.Invariant)]
    found: dict[str, tuple[Expression, list[Expression]]] = {}
    mixed: set[str] = set()
    for part in (p for c in demanded for p in f.chain(c.formula, "&&")):
        mine = {to_text(x): x for x in _open(part, moving)}
        known = all(_is_one(x, open_at) for x in mine.values()) and not isinstance(part, f.Forall)
        if len(mine) != 1 or not known:
            mixed |= {*mine}
        for text, x in mine.items():
            found.setdefault(text, (x, []))[1].append(part)
    yield from (row for text, row in found.items() if text not in mixed)


def _open(e: Expression, moving: set[str]) -> Iterator[Expression]:
    """Yield what of a formula is not known before the call."""
    for x in afterwards(e):
        if (isinstance(x, f.Variable) and x.role == "result") or (isinstance(x, f.Read | f.Sum) and x.getter in moving):
            yield x


def _is_one(x: Expression, open_at: set[tuple[str, tuple[str, ...]]]) -> bool:
    return isinstance(x, f.Variable) or (isinstance(x, f.Read) and (x.getter, tuple(map(to_text, x.arguments))) in open_at)


def _impossible(
    spec: s.Specification, fn: s.Function, success: s.Succeeds, unknown: Expression, parts: Sequence[Expression]
) -> Question | None:
    candidates = _candidates(unknown, parts)
    if candidates is None:
        return None
    t = Translation()
    hypotheses(t, spec, "pre")
    unpaid(t, fn)
    for r in (c for c in fn.clauses if isinstance(c, s.Reverts)):
        t.deny(full_name(fn, r), r.formula)
    if success.formula is not None:
        t.claim(full_name(fn, success), success.formula)
    for i, value in enumerate(candidates):
        holds = [t.holds(_before(part, unknown, value), "pre") for part in (*parts, *_fitting(unknown.type, value))]
        t.add(f"value {i}", f"(not (and true {' '.join(holds)}))")
    for i, defined in enumerate(t.definedness("pre")):
        t.add(f"getter {i}", defined)
    finding = Finding(
        "warning",
        full_name(fn, success),
        success.position,
        f"it promises success to calls for which no {to_text(unknown)} is as the clauses demand",
        "add a `reverts` for such calls, or demand less",
    )

    def judge(a: Answer) -> Finding | None:
        return finding if a.outcome == "sat" else None

    query = t.query()
    return Question(query, judge) if query.exact else None


def _candidates(unknown: Expression, parts: Sequence[Expression]) -> list[Expression] | None:
    """Return values of which one fits if any does; None where that is not known."""
    t = unknown.type
    if t.kind == "bool":
        return [f.Literal(BOOL, NOWHERE, value) for value in (True, False)]
    if t.kind in {"address", "fixed_bytes"}:
        return _words(unknown, parts)
    if t.kind not in {"uint", "int"}:
        return None
    low, high = _limits(t)
    found: dict[str, Expression] = {str(n): _number(n) for n in (low, high)}
    for part in parts:
        bounds = [b for x in f.walk(part) if isinstance(x, f.Binary) and x.operator in COMPARISONS for b in _solved(x, unknown)]
        if len(bounds) != sum(1 for x in afterwards(part) if _same(x, unknown)):
            return None
        for b in bounds:
            for near in (-1, 0, 1):
                value = f.Binary(NUMBER, NOWHERE, "+", b, _number(near)) if near else b
                found.setdefault(to_text(value), value)
    return list(found.values()) if len(found) <= MOST else None


def _words(unknown: Expression, parts: Sequence[Expression]) -> list[Expression] | None:
    """Return what a word is compared with, and so many others that one of them differs from all of that."""
    found: dict[str, Expression] = {}
    for part in parts:
        others = [y for x in f.walk(part) if isinstance(x, f.Binary) and x.operator in {"==", "!="} for y in _solved(x, unknown)]
        if len(others) != sum(1 for x in afterwards(part) if _same(x, unknown)):
            return None
        found |= {to_text(y): y for y in others}
    if len(found) > MOST:
        return None
    size = unknown.type.bits // 8
    return [*found.values(), *(f.Literal(unknown.type, NOWHERE, n.to_bytes(size)) for n in range(1, len(found) + 2))]


def _solved(e: f.Binary, unknown: Expression) -> Iterator[Expression]:
    """Yield the value at which a comparison is an equation, if the unknown stands alone among sums and differences."""
    for side, other in ((e.left, e.right), (e.right, e.left)):
        if any(_same(x, unknown) for x in afterwards(side)) and not any(_same(x, unknown) for x in afterwards(other)):
            value = _isolated(side, other, unknown)
            if value is not None:
                yield value


def _isolated(side: Expression, other: Expression, unknown: Expression) -> Expression | None:
    if _same(side, unknown):
        return other
    if not isinstance(side, f.Binary) or side.operator not in {"+", "-"}:
        return None
    inside = any(_same(x, unknown) for x in afterwards(side.left))
    if inside and any(_same(x, unknown) for x in afterwards(side.right)):
        return None
    if inside:
        rest = f.Binary(NUMBER, NOWHERE, "-" if side.operator == "+" else "+", other, side.right)
        return _isolated(side.left, rest, unknown)
    rest = f.Binary(NUMBER, NOWHERE, "-", *((other, side.left) if side.operator == "+" else (side.left, other)))
    return _isolated(side.right, rest, unknown)


def _same(a: Expression, b: Expression) -> bool:
    return type(a) is type(b) and isinstance(a, f.Variable | f.Read) and to_text(a) == to_text(b)


def _before(e: Expression, unknown: Expression, value: Expression) -> Expression:
    """Return what a formula about the state afterwards says where the unknown has this value: all the rest is as before the call."""
    if isinstance(e, f.Old):
        return substitute(e.operand, {})
    if _same(e, unknown):
        return value
    parts: dict[str, Any] = {}
    for name in e.__dataclass_fields__:
        part = getattr(e, name)
        if isinstance(part, Expression):
            parts[name] = _before(part, unknown, value)
        elif isinstance(part, tuple):
            parts[name] = tuple(_before(x, unknown, value) if isinstance(x, Expression) else x for x in part)
    return replace(e, **parts)


def _fitting(t: Type, value: Expression) -> Iterator[Expression]:
    if t.kind in {"uint", "int"}:
        low, high = _limits(t)
        yield f.Binary(BOOL, NOWHERE, ">=", value, _number(low))
        yield f.Binary(BOOL, NOWHERE, "<=", value, _number(high))


def _limits(t: Type) -> tuple[int, int]:
    return (0, (1 << t.bits) - 1) if t.kind == "uint" else (-(1 << (t.bits - 1)), (1 << (t.bits - 1)) - 1)


def _number(n: int) -> f.Literal:
    return f.Literal(NUMBER if n < 0 else UINT256, NOWHERE, n)
