"""Compare the interfaces of two specifications: what a contract must look like, before anything that it promises."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal as Choice

from specs import specification as s
from specs.formula import Type

Relation = Choice["equal", "stronger", "weaker", "incomparable"]


@dataclass(frozen=True, slots=True)
class Change:
    """A change of the interface; `what` names the function, event or type."""

    what: str
    relation: Relation
    note: str


@dataclass(frozen=True, slots=True)
class Shape:
    """What both interfaces have in common.

    `pairs` are the functions whose clauses can be held against each other (old, new); `others` those of which only one side has one, or
    whose types differ; `unsteady` are signatures of getters that return something else now.
    """

    changes: tuple[Change, ...]
    pairs: tuple[tuple[s.Function, s.Function], ...]
    gone: tuple[s.Function, ...]
    added: tuple[s.Function, ...]
    unsteady: frozenset[str]


def shape(old: s.Specification, new: s.Specification) -> Shape:
    """Return how the interface changed."""
    before, after = ({f.signature: f for f in spec.functions} for spec in (old, new))
    both = [(before[x], after[x]) for x in before if x in after]
    pairs = tuple((a, b) for a, b in both if _comparable(a, b))
    unsteady = frozenset(a.signature for a, b in both if not _comparable(a, b))
    gone = tuple(f for f in before.values() if f.signature not in after or f.signature in unsteady)
    added = tuple(f for f in after.values() if f.signature not in before or f.signature in unsteady)
    return Shape(tuple(_changes(old, new)), pairs, gone, added, unsteady)


def _comparable(a: s.Function, b: s.Function) -> bool:
    return _types(a.parameters) == _types(b.parameters) and _types(a.returns) == _types(b.returns) and a.is_view == b.is_view


def _types(parameters: tuple[s.Parameter, ...]) -> tuple[Type, ...]:
    return tuple(p.type for p in parameters)


def _changes(old: s.Specification, new: s.Specification) -> Iterator[Change]:
    if old.name != new.name:
        yield Change(old.name, "equal", f"the contract is called {new.name} now")
    yield from _constructor(old.constructor, new.constructor)
    yield from _environment(old.environment, new.environment)
    before, after = ({f.signature: f for f in spec.functions} for spec in (old, new))
    for signature, f in before.items():
        if signature not in after:
            yield (
                Change(signature, "weaker", "the getter is gone")
                if f.is_view
                else Change(signature, "incomparable", "the function is gone")
            )
        else:
            yield from _function(f, after[signature])
    for signature, f in after.items():
        if signature not in before:
            yield (
                Change(signature, "stronger", "a new getter")
                if f.is_view
                else Change(signature, "incomparable", "a new function: the contract can be changed in another way than before")
            )
    yield from _declared("event", old.events, new.events)
    yield from _declared("error", old.errors, new.errors)
    yield from _types_declared(old, new)


def _environment(a: s.Environment | None, b: s.Environment | None) -> Iterator[Change]:
    """What another contract is taken to be is an assumption, and frames speak of it: with another one the promise is another."""
    if a is None and b is not None:
        yield Change(b.id, "incomparable", f"it is taken for granted now that {b.getter} behaves as the model {b.model}")
    elif a is not None and b is None:
        yield Change(a.id, "incomparable", f"it is no longer taken for granted that {a.getter} behaves as the model {a.model}")
    elif a is not None and b is not None and (a.getter, a.model, a.model_digest) != (b.getter, b.model, b.model_digest):
        says = "which says something else now" if a.model == b.model else f"and {b.getter} behaves as {b.model} now"
        yield Change(b.id, "incomparable", f"{a.getter} behaved as the model {a.model}, {says}")


def _constructor(a: s.Constructor, b: s.Constructor) -> Iterator[Change]:
    if _types(a.parameters) != _types(b.parameters):
        shown = [", ".join(f"{p.type.name} {p.name}" for p in c.parameters) for c in (a, b)]
        yield Change("deployment", "incomparable", f"its parameters were ({shown[0]}) and are ({shown[1]})")
    if a.payable != b.payable:
        yield Change("deployment", "incomparable", f"it {'takes' if b.payable else 'refuses'} ether now")


def _function(a: s.Function, b: s.Function) -> Iterator[Change]:
    if _types(a.parameters) != _types(b.parameters):
        yield Change(a.signature, "incomparable", "a type among its parameters means something else now")
    if _types(a.returns) != _types(b.returns):
        shown = [", ".join(p.type.name for p in f.returns) or "nothing" for f in (a, b)]
        yield Change(a.signature, "incomparable", f"it returned {shown[0]} and returns {shown[1]} now")
    if (a.abstract is None) != (b.abstract is None):
        less = "the contract need not have it now: its writer may say how it is read"
        yield Change(a.signature, "weaker", less) if b.abstract else Change(a.signature, "stronger", "the contract must have it now")
    if a.mutability != b.mutability:
        relation: Relation = "incomparable"
        if {a.mutability, b.mutability} == {"view", "pure"}:
            relation = "stronger" if b.mutability == "pure" else "weaker"
        yield Change(a.signature, relation, f"it was {a.mutability} and is {b.mutability} now")


def _declared(
    kind: str,
    old: tuple[s.EventDeclaration, ...] | tuple[s.ErrorDeclaration, ...],
    new: tuple[s.EventDeclaration, ...] | tuple[s.ErrorDeclaration, ...],
) -> Iterator[Change]:
    """Yield what was declared otherwise; a declaration alone promises nothing, the clauses that use it do."""
    before, after = ({x.signature: x for x in xs} for xs in (old, new))
    yield from (Change(x, "equal", f"the {kind} is no longer declared") for x in before if x not in after)
    yield from (Change(x, "equal", f"a new {kind}") for x in after if x not in before)
    for x in before:
        if x in after and _form(before[x]) != _form(after[x]):
            yield Change(x, "incomparable", f"the {kind} is logged otherwise: indexed, anonymous or a type changed")


def _form(x: s.EventDeclaration | s.ErrorDeclaration) -> object:
    return tuple((p.type, p.indexed) for p in x.parameters), getattr(x, "anonymous", False)


def _types_declared(old: s.Specification, new: s.Specification) -> Iterator[Change]:
    before, after = ({t.name: t for t in (*spec.enums, *spec.structs)} for spec in (old, new))
    for name in before:
        if name in after and before[name] != after[name]:
            yield Change(name, "incomparable", f"the {before[name].kind} has other members now")
