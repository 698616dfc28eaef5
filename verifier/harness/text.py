"""Say calls, answers and reverts in words, by the interface of a specification and the ABI of a contract."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

from eth_hash.auto import keccak

from specs.formula import Type
from specs.specification import Function, Specification, abi_name
from toolchain.solc import Contract
from verifier.harness.abi import NotEncoded, decode
from verifier.harness.runs import Outcome
from verifier.surroundings import surroundings_of

PANICS = {
    0x01: "an assertion failed",
    0x11: "arithmetic overflow",
    0x12: "division by zero",
    0x21: "no such enum member",
    0x22: "broken storage",
    0x31: "pop of an empty array",
    0x32: "index out of bounds",
    0x41: "too much memory",
    0x51: "call of a zero function",
}


@functools.cache
def selector(signature: str) -> bytes:
    """Return the first four bytes of a signature's hash."""
    return bytes(keccak(signature.encode())[:4])


def value_text(v: Any, t: Type | None = None) -> str:
    """Return a decoded value for people; `t` names the members of enums."""
    if isinstance(v, bool):
        return "true" if v else "false"
    if isinstance(v, bytes):
        return f"0x{v.hex()}"
    if isinstance(v, tuple):
        types = [c for _, c in t.components] if t else []
        parts = [value_text(x, types[min(i, len(types) - 1)] if types else None) for i, x in enumerate(v)]
        return f"[{', '.join(parts)}]" if t and t.kind == "array" else f"({', '.join(parts)})"
    if isinstance(v, int):
        if t and t.kind == "enum":
            return f"{t.name}.{t.members[v]}" if v < len(t.members) else str(v)
        return "type(uint256).max" if v == (1 << 256) - 1 else str(v)
    return v if v.startswith("0x") and len(v) == 42 else f'"{_shown(v)}"'


def _shown(v: str) -> str:
    return "".join(c if c.isprintable() and c.isascii() and c not in '"\\' else "?" for c in v[:200])


def values_text(types: Sequence[Type], data: bytes) -> list[str]:
    """Return decoded values for people.

    Raises: NotEncoded.
    """
    return [value_text(v, t) for v, t in zip(decode([abi_name(t) for t in types], data), types, strict=True)]


def function_of(specification: Specification, data: bytes) -> Function | None:
    """Return the function that calldata names, None where the interface has none."""
    if not data:
        return next((fn for fn in specification.functions if fn.name in {"receive", "fallback"} and not fn.selector), None)
    found = next((fn for fn in specification.functions if fn.selector and fn.selector == data[:4].hex() and len(data) >= 4), None)
    return found or next((fn for fn in specification.functions if fn.name == "fallback" and not fn.selector), None)


def getter_of(specification: Specification, call: bytes, foreign: bool) -> Function | None:
    """Return the getter that calldata reads; `foreign`: of the environment."""
    if not foreign:
        return function_of(specification, call)
    return next((g for g in specification.readable if g.is_foreign and g.selector == call[:4].hex()), None)


def use_text(specification: Specification, data: bytes) -> str:
    """Return what others do with the environment as a call: `asset.mint(0x…, 3)`."""
    environment = specification.environment
    found = surroundings_of(environment)
    move = next((m for m in found.moves if m.selector == data[:4].hex()), None) if found else None
    if environment is None or move is None:
        return f"0x{data.hex()}"
    try:
        words = ", ".join(value_text(v) for v in decode(move.types, data[4:]))
    except NotEncoded:
        words = f"0x{data[4:].hex()}"
    return f"{environment.id}.{move.signature.partition('(')[0]}({words})"


def call_text(specification: Specification, data: bytes, foreign: bool = False) -> str:
    """Return calldata as a call: `withdraw(3)`; `foreign`: of a getter of the environment."""
    fn = getter_of(specification, data, foreign)
    if not data:
        return "plain ether"
    if fn is None or not fn.selector:
        return f"0x{data[:4].hex()}({data[4:].hex()})" if len(data) >= 4 else f"calldata 0x{data.hex()}"
    types = [p.type for p in fn.parameters]
    try:
        parts = values_text(types, data[4:])
    except NotEncoded:
        return f"{fn.name} with malformed arguments 0x{data[4:].hex()}"
    return f"{fn.name}({', '.join(parts)})"


def _canonical(i: Mapping[str, Any]) -> str:
    if str(i["type"]).startswith("tuple"):
        return f"({','.join(_canonical(c) for c in i['components'])}){i['type'][5:]}"
    return str(i["type"])


def revert_text(specification: Specification, contract: Contract, data: bytes) -> str:
    """Return revert data for people: `InsufficientBalance(0, 3)`."""
    if not data:
        return "reverted without a reason"
    known = _errors_of(specification, contract).get(data[:4])
    if known is None:
        return f"reverted with 0x{data[:68].hex()}"
    name, types = known
    try:
        values = decode(types, data[4:])
    except NotEncoded:
        return f"reverted with a malformed {name}"
    if name == "Panic" and len(values) == 1:
        return f"panicked: {PANICS.get(values[0], hex(values[0]))}"
    if name == "Error" and len(values) == 1:
        return f'reverted: "{_shown(values[0])}"'
    return f"reverted with {name}({', '.join(value_text(v) for v in values)})"


def _errors_of(specification: Specification, contract: Contract) -> Mapping[bytes, tuple[str, tuple[str, ...]]]:
    known: dict[bytes, tuple[str, tuple[str, ...]]] = {
        selector("Error(string)"): ("Error", ("string",)),
        selector("Panic(uint256)"): ("Panic", ("uint256",)),
    }
    for e in contract.abi:
        if e["type"] == "error":
            types = tuple(_canonical(i) for i in e["inputs"])
            known[selector(f"{e['name']}({','.join(types)})")] = (e["name"], types)
    for d in specification.errors:
        known[selector(d.signature)] = (d.name, tuple(abi_name(p.type) for p in d.parameters))
    return known


def outcome_text(specification: Specification, contract: Contract, data: bytes, outcome: Outcome) -> str:
    """Return what a call did for people: what it returned, or why it reverted."""
    if not outcome.ok:
        return revert_text(specification, contract, outcome.returned)
    fn = function_of(specification, data)
    if fn is None or not fn.returns or not outcome.returned:
        return "succeeded"
    try:
        parts = values_text([p.type for p in fn.returns], outcome.returned)
    except NotEncoded:
        return "succeeded"
    return f"returned {', '.join(parts)}"


def answer_text(specification: Specification, call: bytes, ok: bool, returned: bytes, foreign: bool = False) -> str:
    """Return a getter's answer for people; "reverts" where it has none."""
    fn = getter_of(specification, call, foreign)
    if not ok:
        return "reverts"
    try:
        return ", ".join(values_text([p.type for p in fn.returns], returned)) if fn else f"0x{returned.hex()}"
    except NotEncoded:
        return f"0x{returned.hex()}"
