"""Typed expressions of the specification language.

Every node carries the type that solc gave it and its position in the specification. Nodes are values: engines render them, nobody
mutates them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Literal as Choice

TypeKind = Choice["uint", "int", "bool", "address", "fixed_bytes", "enum", "struct", "string", "bytes", "array", "number"]
UnaryOperator = Choice["!", "-", "~"]
BinaryOperator = Choice[
    "+", "-", "*", "/", "%", "**", "<<", ">>", "&", "|", "^", "==", "!=", "<", "<=", ">", ">=", "&&", "||", "==>", "<==>"
]
WorldName = Choice["msg.sender", "msg.value", "msg.sig", "block.timestamp", "block.number", "address(this)"]


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a source; line and column count from 1. `file` is what the specification imports, "" where it is its own."""

    line: int
    column: int
    file: str = ""

    def within(self, specification: Path) -> Path:
        """Return the file that holds it: the specification's, or the imported one by the name of its import."""
        return Path(self.file) if self.file else specification


def place(line: int, file: str = "") -> str:
    """Return how people read where a clause stands: its line, with the file's name where that is imported."""
    return f"{file}:{line}" if file else f"line {line}"


@dataclass(frozen=True, slots=True)
class Type:
    """A Solidity type, as solc names it.

    `name` is the canonical ABI spelling for elementary types (`uint256`), the bare name for enums and structs (`State`), and
    `T[]`/`T[n]` for arrays. `bits` is the width of uint/int, and 8·n for bytesN; `members` names the members of an enum (their order is
    their value); `components` holds the members of a struct, or the element of an array. `number` is a literal that has no width of its
    own.
    """

    kind: TypeKind
    name: str
    bits: int = 0
    members: tuple[str, ...] = ()
    components: tuple[tuple[str, Type], ...] = ()

    @property
    def is_integer(self) -> bool:
        return self.kind in {"uint", "int", "number"}

    @property
    def is_dynamic(self) -> bool:
        """Whether the ABI encodes a value of this type out of line."""
        return self.kind in {"string", "bytes"} or self.name.endswith("[]") or any(t.is_dynamic for _, t in self.components)


BOOL = Type("bool", "bool", 8)
ADDRESS = Type("address", "address", 160)
UINT256 = Type("uint", "uint256", 256)
NUMBER = Type("number", "number")
WIDEST = 512  # bits of an intermediate value; a larger one is none
MOST_FACTORS = 2  # unknown values that may be multiplied


@dataclass(frozen=True, slots=True)
class Expression:
    type: Type
    position: Position


@dataclass(frozen=True, slots=True)
class Literal(Expression):
    """A literal: int for numbers (units and `**` already applied), bool, str for strings, bytes for hex strings and addresses."""

    value: int | bool | str | bytes


@dataclass(frozen=True, slots=True)
class Variable(Expression):
    """A parameter, a named (or the only, then `result`) return value, a constructor parameter, or a symbol bound by `forall`."""

    name: str
    role: Choice["parameter", "result", "deploy", "bound"]


@dataclass(frozen=True, slots=True)
class World(Expression):
    """A value of the call or the chain."""

    name: WorldName


@dataclass(frozen=True, slots=True)
class Read(Expression):
    """A call of a getter of the interface; `getter` is its signature, `allowance(address,address)`.

    Of an environment it is `asset.allowance(address,address)`, and `through` the interface under which the clause calls it.
    """

    getter: str
    arguments: tuple[Expression, ...]
    through: str = ""

    @property
    def name(self) -> str:
        return self.getter.split("(")[0]


@dataclass(frozen=True, slots=True)
class Unary(Expression):
    operator: UnaryOperator
    operand: Expression


@dataclass(frozen=True, slots=True)
class Binary(Expression):
    operator: BinaryOperator
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Conditional(Expression):
    condition: Expression
    if_true: Expression
    if_false: Expression


@dataclass(frozen=True, slots=True)
class Cast(Expression):
    """A conversion to `type`; undefined where the value does not fit."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class Member(Expression):
    """A member of a struct value."""

    operand: Expression
    name: str


@dataclass(frozen=True, slots=True)
class EnumValue(Expression):
    member: str


@dataclass(frozen=True, slots=True)
class Index(Expression):
    operand: Expression
    index: Expression


@dataclass(frozen=True, slots=True)
class Length(Expression):
    operand: Expression


@dataclass(frozen=True, slots=True)
class Hash(Expression):
    """keccak256 of bytes."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class Encode(Expression):
    """abi.encode or, when packed, abi.encodePacked."""

    packed: bool
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class BytesOf(Expression):
    """`bytes(s)` of a string."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class Old(Expression):
    """The operand before the call, as a pair (value, defined)."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class Sum(Expression):
    """The exact sum of a getter over all values of its last key; `keys` are the leading ones."""

    getter: str
    keys: tuple[Expression, ...]

    @property
    def name(self) -> str:
        return self.getter.split("(")[0]


@dataclass(frozen=True, slots=True)
class Balance(Expression):
    """Ether of an address, in wei."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class Sent(Expression):
    """Ether that this call itself sends to an address, in wei: what `pays` speaks of."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class Accepts(Expression):
    """Whether an address accepts all that this call sends to it and asks of it; of whom it does not call, that is left open."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class Codeless(Expression):
    """Whether there is no code at an address when the call begins."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class Defined(Expression):
    """Whether evaluating the operand neither reverts nor is undefined."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class Same(Expression):
    """Equality of strings, bytes and structs."""

    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Forall(Expression):
    """A claim for every value of the bound symbols; outermost only."""

    bound: tuple[tuple[str, Type], ...]
    body: Expression


def children(e: Expression) -> Iterator[Expression]:
    """Yield the direct subexpressions, left to right."""
    for f in fields(e):
        value = getattr(e, f.name)
        if isinstance(value, Expression):
            yield value
        elif isinstance(value, tuple):
            yield from (v for v in value if isinstance(v, Expression))


def magnitude(e: Expression) -> int:
    """Return how many bits the absolute value of an exact integer expression has at most."""
    match e:
        case Literal():
            return abs(e.value).bit_length() if isinstance(e.value, int) else 0
        case Binary(operator="*"):
            return magnitude(e.left) + magnitude(e.right)
        case Binary(operator="+" | "-"):
            return 1 + max(magnitude(e.left), magnitude(e.right))
        case Binary(operator="/"):
            return magnitude(e.left)
        case Binary(operator="%"):
            return min(magnitude(e.left), magnitude(e.right))
        case Conditional():
            return max(magnitude(e.if_true), magnitude(e.if_false))
        case Unary(operator="-") | Old():
            return magnitude(e.operand)
        case Sum():
            return 256 + _bits_of_keys(e.getter)
        case _:
            return e.type.bits or 256


def factors(e: Expression) -> int:
    """Return how many unknown values of full width may be multiplied in an expression.

    This is what the language limits; `magnitude` says in bits whether what it allows may still have no value.
    """
    match e:
        case Literal() | EnumValue():
            return 0
        case Binary(operator="*"):
            return factors(e.left) + factors(e.right)
        case Binary(operator="/"):
            return factors(e.left)
        case Binary(operator="+" | "-"):
            return max(factors(e.left), factors(e.right))
        case Conditional():
            return max(factors(e.if_true), factors(e.if_false))
        case Unary() | Old():
            return factors(e.operand)
        case _:
            return 1


def _bits_of_keys(getter: str) -> int:
    """Return how many bits the last key of a getter has at most, by its signature."""
    key = getter.rstrip(")").replace("(", ",").split(",")[-1]
    return {"address": 160, "bool": 1, "uint8": 8}.get(key, 256)


def chain(e: Expression, operator: BinaryOperator) -> Iterator[Expression]:
    """Yield the operands of a chain of one operator, left to right: of `a && b && c` all three."""
    if isinstance(e, Binary) and e.operator == operator:
        yield from chain(e.left, operator)
        yield from chain(e.right, operator)
    else:
        yield e


def walk(e: Expression) -> Iterator[Expression]:
    """Yield the expression and everything inside it, outermost first."""
    yield e
    for c in children(e):
        yield from walk(c)
