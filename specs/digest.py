"""Freeze a specification: one digest of what it promises, and of nothing else.

Covered: the interface (signatures, names of parameters, mutability, events with indexed, errors, enums, structs, constructor), each
clause's normalised formula with its id, and each rule's statements in their order. Not covered: comments, plain words, white space, the
order of clauses and rules, positions, file names.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from specs.formula import Expression, Position, Type
from specs.specification import Called, Clause, ErrorDeclaration, EventDeclaration, Function, Let, Parameter, Rule, Specification, Step

VERSION = "solwright specification 2"
#: `through` follows from the getter and its environment, and the digest of a model covers what is written of it.
COMMENTS = {"position", "text", "words", "through", "written"}


def digest(specification: Specification) -> str:
    """Return the sha-256 of the normalised specification, hex."""
    return hashlib.sha256(json.dumps(normalise(specification), separators=(",", ":"), sort_keys=True).encode()).hexdigest()


def normalise(s: Specification) -> dict[str, Any]:
    """Return the specification as plain data in which equal promises are equal."""
    return {
        "version": VERSION,
        "name": s.name,
        "functions": sorted((_function(f) for f in s.functions), key=lambda f: str(f["signature"])),
        "events": _sorted(_event(e) for e in s.events),
        "errors": _sorted(_error(e) for e in s.errors),
        "enums": _sorted([t.name, list(t.members)] for t in s.enums),
        "structs": _sorted([t.name, [[n, _type(m)] for n, m in t.components]] for t in s.structs),
        "constructor": {
            "parameters": _parameters(s.constructor.parameters),
            "payable": s.constructor.payable,
            "clauses": _clauses(s.constructor.clauses),
        },
        "clauses": _clauses(s.clauses),
    } | ({"rules": sorted(map(normalise_rule, s.rules))} if s.rules else {})


def normalise_rule(r: Rule) -> list[Any]:
    """Return a rule as plain data in which equal rules are equal."""
    return [r.name, _parameters(r.parameters), [_step(x) for x in r.steps]]


def _step(x: Step) -> list[Any]:
    named = _parameters((x.result,)) if isinstance(x, Called) and x.result else [_type(x.type)] if isinstance(x, Let) else []
    return [type(x).__name__, *named, *(_plain(getattr(x, f.name)) for f in fields(x) if f.name not in {"position", "type", "result"})]


def _function(f: Function) -> dict[str, Any]:
    return {
        "signature": f.signature,
        "parameters": _parameters(f.parameters),
        "returns": _parameters(f.returns),
        "mutability": f.mutability,
        "clauses": _clauses(f.clauses),
        **({"abstract": True} if f.abstract is not None else {}),
        **({"pays_as_ensured": True} if f.pays_as_ensured else {}),
    }


def _parameters(parameters: tuple[Parameter, ...]) -> list[Any]:
    return [[p.name, _type(p.type), p.indexed] for p in parameters]


def _event(e: EventDeclaration) -> list[Any]:
    return [e.name, _parameters(e.parameters), e.anonymous]


def _error(e: ErrorDeclaration) -> list[Any]:
    return [e.name, _parameters(e.parameters)]


def _type(t: Type) -> str | list[Any]:
    """Return a type by what it is made of, for the same name may stand for another in another version of an imported file."""
    if not (t.members or t.components):
        return t.name
    return [t.name, list(t.members), [[name, _type(member)] for name, member in t.components]]


def _sorted(rows: Iterable[list[Any]]) -> list[list[Any]]:
    return sorted(rows, key=json.dumps)


def _clauses(clauses: tuple[Clause, ...]) -> list[Any]:
    return sorted(([type(c).__name__, c.id, *_fields(c)] for c in clauses), key=json.dumps)


def _fields(value: Any) -> list[Any]:
    return [_plain(getattr(value, f.name)) for f in fields(value) if f.name not in {*COMMENTS, "id", "type"}]


def _plain(value: Any) -> Any:
    """Return a part of a clause as plain data; types stand only where they mean something (conversions, literals, bound symbols)."""
    match value:
        case None | bool() | int() | str():
            return value
        case bytes():
            return value.hex()
        case Type():
            return _type(value)
        case Position():
            return None
        case EventDeclaration() | ErrorDeclaration():
            return value.signature
        case Expression():
            kind = type(value).__name__
            typed = [_type(value.type)] if kind in {"Cast", "Literal", "EnumValue"} else []
            return [kind, *typed, *_fields(value)]
        case tuple():
            return [_plain(v) for v in value]
        case _:
            return [type(value).__name__, *_fields(value)]
