"""Name parameters and results by their place, drop positions and words: clauses that say the same in the same way are equal then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, TypeVar, cast

from specs import specification as s
from specs.formula import Expression, Position, Type, Variable

NOWHERE = Position(0, 0)
Names = Mapping[tuple[str, str], Expression | str]  # role and name → what stands for it
Node = TypeVar("Node")


def substitute(value: Node, names: Names) -> Node:
    """Return an expression, a clause or a part of one with other names, without positions, words and text."""
    return cast(Node, _substitute(value, names))


def _substitute(value: Any, names: Names) -> Any:
    match value:
        case Position():
            return NOWHERE
        case Type() | s.Written() | None | bool() | int() | str() | bytes():
            return value
        case Variable():
            to = names.get((value.role, value.name), value.name)
            return Variable(value.type, NOWHERE, to, value.role) if isinstance(to, str) else to
        case s.EventDeclaration() | s.ErrorDeclaration():
            return replace(value, parameters=tuple(replace(p, name="") for p in value.parameters))
        case tuple():
            return tuple(_substitute(v, names) for v in value)
        case _:
            quiet = {"words", "text"} if isinstance(value, s.Clause) else set()
            made = {x.name: "" if x.name in quiet else _substitute(getattr(value, x.name), names) for x in fields(value)}
            return type(value)(**made)


def positional(spec: s.Specification) -> s.Specification:
    """Return the specification with places for names of parameters and results."""
    functions = tuple(replace(fn, clauses=tuple(substitute(c, _names(fn)) for c in fn.clauses)) for fn in spec.functions)
    deployed = {("deploy", p.name): f"argument {i}" for i, p in enumerate(spec.constructor.parameters)}
    constructor = replace(spec.constructor, clauses=tuple(substitute(c, deployed) for c in spec.constructor.clauses))
    return replace(spec, functions=functions, constructor=constructor, clauses=tuple(substitute(c, {}) for c in spec.clauses))


def _names(fn: s.Function) -> dict[tuple[str, str], str]:
    names = {("parameter", p.name): f"parameter {i}" for i, p in enumerate(fn.parameters) if p.name}
    names |= {("result", p.name): f"result {i}" for i, p in enumerate(fn.returns) if p.name}
    if len(fn.returns) == 1:
        names["result", "result"] = "result 0"
    return names
