"""Find what a drawn value should be compared with: the other side of each comparison in a clause."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from specs import formula as f
from specs.formula import Expression

COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})
WORLD = f.World(f.UINT256, f.Position(0, 0), "msg.value")


def occurs(target: Expression, e: Expression) -> int:
    """Return how often a variable or value of the world stands in an expression."""
    return sum(1 for x in f.walk(e) if same_leaf(x, target))


def same_leaf(x: Expression, target: Expression) -> bool:
    """Tell whether two leaves name the same thing."""
    if isinstance(x, f.Variable) and isinstance(target, f.Variable):
        return x.name == target.name and x.role == target.role
    return isinstance(x, f.World) and isinstance(target, f.World) and x.name == target.name


@dataclass(frozen=True, slots=True)
class Hint:
    """What a value is compared with; `exact`: for equality, so that what lies near it is of no use."""

    value: Expression
    exact: bool


def hints(target: Expression, formulas: Sequence[Expression]) -> tuple[Hint, ...]:
    """Return what the target is compared with, each free of the target, of results and of bound symbols."""
    found: dict[Hint, None] = {}
    for formula in formulas:
        for e in f.walk(formula):
            if isinstance(e, f.Binary) and e.operator in COMPARISONS:
                for here, there in ((e.left, e.right), (e.right, e.left)):
                    if occurs(target, here) == 1 and not occurs(target, there):
                        exact = e.operator in {"==", "!="}
                        found.update(dict.fromkeys(Hint(x, exact) for x in _solve(target, here, there) if evaluates(x)))
    return tuple(found)


def at_deployment(initially: Sequence[Expression], formulas: Sequence[Expression]) -> tuple[Expression, ...]:
    """Return comparisons of later with constructor parameters in place of the getters that begin with their values."""
    begins: dict[str, Expression] = {}
    for formula in initially:
        for e in f.walk(formula):
            if isinstance(e, f.Binary) and e.operator == "==":
                for getter, parameter in ((e.left, e.right), (e.right, e.left)):
                    if isinstance(getter, f.Read) and not getter.arguments and isinstance(parameter, f.Variable):
                        begins[getter.getter] = parameter
    comparisons = [e for formula in formulas for e in f.walk(formula) if isinstance(e, f.Binary) and e.operator in COMPARISONS]
    replaced = [_replace(e, begins) for e in comparisons]
    return tuple(e for e in replaced if not any(isinstance(x, f.Read | f.Sum | f.Balance | f.Sent) or _is_of_a_call(x) for x in f.walk(e)))


def _is_of_a_call(x: Expression) -> bool:
    return (isinstance(x, f.Variable) and x.role != "deploy") or (isinstance(x, f.World) and x.name.startswith("msg."))


def _replace(e: Expression, begins: Mapping[str, Expression]) -> Expression:
    if isinstance(e, f.Read) and not e.arguments and e.getter in begins:
        return begins[e.getter]
    return rebuilt(e, lambda x: _replace(x, begins))


def rebuilt(e: Expression, change: Callable[[Expression], Expression]) -> Expression:
    """Return an expression with other operands."""
    changed: dict[str, Any] = {}
    for field in fields(e):
        value = getattr(e, field.name)
        if isinstance(value, Expression):
            changed[field.name] = change(value)
        elif isinstance(value, tuple) and value and all(isinstance(x, Expression) for x in value):
            changed[field.name] = tuple(change(x) for x in value)
    return replace(e, **changed) if changed else e


def filled(e: Expression, given: Mapping[str, Expression], world: Mapping[str, Expression]) -> Expression:
    """Return a formula of a function as it reads for one call: its parameters and the world are what they are there."""
    if isinstance(e, f.Variable) and e.role == "parameter" and e.name in given:
        return given[e.name]
    if isinstance(e, f.World) and e.name in world:
        return world[e.name]
    return rebuilt(e, lambda x: filled(x, given, world))


def gaps(formulas: Sequence[Expression]) -> tuple[tuple[Expression, Expression], ...]:
    """Return the sides of comparisons between numbers that speak of state alone: what is missing between them is worth a try."""
    found: dict[tuple[Expression, Expression], None] = {}
    for formula in formulas:
        for e in f.walk(formula):
            if not isinstance(e, f.Binary) or e.operator not in COMPARISONS:
                continue
            sides = (e.left, e.right)
            numbers = all(x.type.is_integer for x in sides) and not all(isinstance(x, f.Literal) for x in sides)
            if numbers and all(_is_state(x) for x in sides) and any(isinstance(x, f.Read) for y in sides for x in f.walk(y)):
                found[sides] = None
    return tuple(found)


def _is_state(e: Expression) -> bool:
    worldly = any(isinstance(x, f.World) and x.name not in {"msg.sender", "address(this)"} for x in f.walk(e))
    return not worldly and not any(isinstance(x, f.Old | f.Forall | f.Defined | f.Variable | f.Sum | f.Sent) for x in f.walk(e))


def evaluates(e: Expression) -> bool:
    """Tell whether an expression has its value before the call."""
    return not any(
        isinstance(x, f.Old | f.Forall | f.Defined | f.Sent) or (isinstance(x, f.Variable) and x.role in {"result", "bound"})
        for x in f.walk(e)
    )


def _solve(target: Expression, here: Expression, there: Expression) -> Iterator[Expression]:
    """Solve `here == there` for the target, as far as sums, differences, products and quotients allow."""
    if same_leaf(here, target):
        yield there
    elif isinstance(here, f.Cast):
        inner = here.operand.type
        alike = inner.kind == here.type.kind or (inner.is_integer and here.type.is_integer)
        yield from _solve(target, here.operand, there if alike else f.Cast(inner, here.position, there))
    elif isinstance(here, f.Binary) and here.type.is_integer:
        left = occurs(target, here.left) == 1
        inside, other = (here.left, here.right) if left else (here.right, here.left)
        if here.operator == "+":
            yield from _solve(target, inside, f.Binary(f.UINT256, here.position, "-", there, other))
        elif here.operator == "-":
            yield from _solve(
                target, inside, f.Binary(f.UINT256, here.position, "+" if left else "-", *((there, other) if left else (other, there)))
            )
        elif here.operator == "*":
            yield from _solve(target, inside, f.Binary(f.UINT256, here.position, "/", there, other))
        elif here.operator == "/" and left:
            yield from _solve(target, inside, f.Binary(f.UINT256, here.position, "*", there, other))
