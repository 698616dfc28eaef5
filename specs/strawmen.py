"""Write implementations that a specification must refuse: one that survives shows that a clause is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as Choice

from specs import specification as s
from specs.formula import Type

StrawmanName = Choice["AlwaysReverts", "DoesNothing", "ReturnsConstants"]
#: The address of the environment: one that a contract can have.
ENVIRONMENT = "return address(uint160(0xA55E7));"
NAMES: tuple[StrawmanName, ...] = ("AlwaysReverts", "DoesNothing", "ReturnsConstants")


@dataclass(frozen=True, slots=True)
class Strawman:
    """One such implementation: `source` is a file that defines the contract by the specification's name."""

    name: StrawmanName
    source: str


def strawmen(specification: s.Specification) -> tuple[Strawman, ...]:
    """Return all strawmen.

    `AlwaysReverts` deploys, answers zero to every getter, and reverts in every other function; `DoesNothing` answers zero and does nothing;
    `ReturnsConstants` answers one (true, the last member, …) to everything and does nothing.
    """
    return tuple(Strawman(name, _contract(specification, name)) for name in NAMES)


def _contract(spec: s.Specification, name: StrawmanName) -> str:
    lines = ["// SPDX-License-Identifier: MIT", "pragma solidity ^0.8.24;", "", f"contract {spec.name} {{"]
    lines += [f"    enum {t.name} {{ {', '.join(t.members)} }}" for t in spec.enums]
    for t in spec.structs:
        lines.append(f"    struct {t.name} {{ {' '.join(f'{m.name} {n};' for n, m in t.components)} }}")
    parameters = ", ".join(_declare(p.type, "memory") for p in spec.constructor.parameters)
    lines.append(f"    constructor({parameters}){' payable' if spec.constructor.payable else ''} {{}}")
    address = spec.environment.getter if spec.environment is not None else ""
    lines += [f"    {_function(f, name, f.signature == address)}" for f in spec.functions]
    return "\n".join([*lines, "}", ""])


def _function(f: s.Function, name: StrawmanName, is_address: bool) -> str:
    if f.name in {"receive", "fallback"}:
        payable = " payable" if f.payable else ""
        return f"{f.name}() external{payable} {{ {'revert();' if name == 'AlwaysReverts' else ''} }}"
    mutability = "" if f.mutability == "nonpayable" else f" {f.mutability}"
    returns = f" returns ({', '.join(_declare(p.type, 'memory') for p in f.returns)})" if f.returns else ""
    parameters = ", ".join(_declare(p.type, "calldata") for p in f.parameters)
    return f"function {f.name}({parameters}) external{mutability}{returns} {{ {ENVIRONMENT if is_address else _body(f, name)} }}"


def _body(f: s.Function, name: StrawmanName) -> str:
    if name == "AlwaysReverts" and not f.is_view:
        return "revert();"
    if name != "ReturnsConstants" or not f.returns:
        return ""
    declared = " ".join(f"{_declare(p.type, 'memory')} r{i}; {_fill(f'r{i}', p.type)}" for i, p in enumerate(f.returns))
    return f"{declared} return ({', '.join(f'r{i}' for i in range(len(f.returns)))});"


def _declare(t: Type, location: str) -> str:
    return f"{t.name} {location}" if t.kind in {"string", "bytes", "array", "struct"} else t.name


def _fill(variable: str, t: Type) -> str:
    """Return statements that give a variable a value other than zero, where it has one."""
    match t.kind:
        case "bool":
            return f"{variable} = true;"
        case "uint" | "int":
            return f"{variable} = 1;"
        case "address":
            return f"{variable} = address(1);"
        case "fixed_bytes":
            return f"{variable} = {t.name}(uint{t.bits}(1));"
        case "enum":
            return f"{variable} = type({t.name}).max;"
        case "string":
            return f'{variable} = "1";'
        case "bytes":
            return f'{variable} = hex"01";'
        case "struct":
            return " ".join(_fill(f"{variable}.{n}", m) for n, m in t.components)
        case _:
            return ""
