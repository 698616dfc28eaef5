"""Say which words a clause may use."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from specs.formula import Type
from specs.messages import nearest
from specs.syntax import Syntax

#: names that clauses use otherwise; a parameter may not hide them
TAKEN_NAMES = frozenset({"msg", "block", "tx", "abi", "this", "type"})

Role = Literal["parameter", "result", "deploy", "bound"]


@dataclass(frozen=True, slots=True)
class Binding:
    """A name in scope: `name` is the declared one (`result` may stand for it), `declaration` its Solidity type with data location."""

    name: str
    role: Role
    declaration: str


@dataclass(frozen=True, slots=True)
class Scope:
    """What may stand in an expression.

    `old`: kept where there is a before and an after; dropped where all is evaluated before the call; refused where there is one state.
    `contract` is the name whose address is the contract's.
    `message` is empty where `msg.*` is allowed, else says why not; so do `value`, `getters`,
    `results`, `balance`, `others` (ether of others), `sent` (what the call sends) `accepts` (who accepts it)
    and `code` (of others).
    """

    where: str
    variables: Mapping[str, Binding] = field(default_factory=dict)
    old: Literal["kept", "dropped", "refused"] = "refused"
    message: str = ""
    value: str = ""
    getters: str = ""
    results: str = ""
    others: str = "balance(a) of others may stand in `ensures` only; `pays` is what is usually meant"
    balance: str = ""
    sent: str = "what a call sends is known after it: sent(a) may stand in `ensures` of functions that change state only"
    accepts: str = "it speaks of one call: accepts(a) may stand in what functions that change state do and when they revert or succeed"
    code: str = "others' code may come and go between calls: codeless(a) may stand in clauses of functions that change state only"
    inside_old: bool = False
    contract: str = "this"

    def bind(self, bound: tuple[Syntax, ...], named: Mapping[str, Type]) -> Scope:
        """Return the scope with the symbols of a `forall`, or refuse their names."""
        variables = dict(self.variables)
        for p in bound:
            name, declaration = read_parameter(p, named)
            if name in variables:
                p.source.refuse(p.start, f"the bound symbol {name}, which is already a name here", "choose another name")
            variables[name] = Binding(name, "bound", declaration)
        return replace(self, variables=variables)


@dataclass(frozen=True, slots=True)
class Question:
    """An expression to be typed.

    `wanted` is the type that it must convert to, None for any; `purpose` says what it is (`the amount in wei`).
    """

    syntax: Syntax
    scope: Scope
    wanted: Type | None
    purpose: str

    @property
    def expression(self) -> Syntax:
        """Return the expression itself, without `forall`."""
        return self.syntax.children[-1] if self.syntax.kind in {"plain", "forall"} else self.syntax


def read_parameter(p: Syntax, named: Mapping[str, Type]) -> tuple[str, str]:
    """Return name and Solidity declaration of a parameter of `deploy` or `forall`; refuse types that do not exist.

    `named` maps canonical names of enums and structs to types.
    """
    type_, name = p.children[0], p.children[-1]
    spelled = type_.source.text[type_.start : type_.end]
    path = ".".join(t.text for t in type_.parts("NAME"))
    if name.text in TAKEN_NAMES or any(name.text == t.name for t in named.values()):
        p.source.refuse(name.start, f"a parameter called {name.text}", "the name means something else in clauses; choose another")
    known = {n for canonical, t in named.items() for n in (canonical, t.name)}
    if path not in known and not is_elementary(path):
        p.source.refuse(
            type_.start,
            f"the unknown type {path}",
            nearest(path, {*known, "uint256", "int256", "address", "bool", "bytes32", "string"}, "known"),
        )
    return name.text, declare(" ".join(spelled.split()), frozenset(t.name for t in named.values() if t.kind == "struct"))


def declare(spelled: str, structs: frozenset[str]) -> str:
    """Add the data location that Solidity asks for."""
    outlined = spelled in {"string", "bytes"} or spelled.endswith("]") or spelled.split(".")[-1] in structs
    return f"{spelled} memory" if outlined else spelled


def is_elementary(name: str) -> bool:
    """Return whether a conversion to a type of that name is in the language."""
    if m := re.fullmatch(r"u?int(\d+)|bytes(\d+)", name):
        return (m[1] is not None and int(m[1]) in range(8, 257, 8)) or (m[2] is not None and int(m[2]) in range(1, 33))
    return name in {"uint", "int", "address", "payable", "bytes", "bool", "string"}
