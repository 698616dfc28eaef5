"""Render formulas as Solidity that computes exactly.

Integers are `Z` (Exact.sol), bytesN are words, left-aligned, strings and bytes are `bytes`; the rest are Solidity's own types.
What is undefined reverts, so `&&`, `||` and `?:` are defined as in Solidity. Sums run over the keys that are known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from specs import formula as f
from specs.formula import Expression, Type
from specs.specification import Function, Specification

NUMERIC = frozenset({"uint", "int", "number", "enum"})
POOLS = 4
SHAPES = {"==": "eq({0}, {1})", "!=": "!eq({0}, {1})", "<": "lt({0}, {1})", "<=": "le({0}, {1})", ">": "lt({1}, {0})", ">=": "le({1}, {0})"}


class NotRendered(Exception):
    """Say what a harness cannot express."""


def native(t: Type) -> str:
    """Return the Solidity type that the ABI encodes like `t`, without a data location."""
    match t.kind:
        case "enum":
            return "uint8"
        case "struct":
            return f"S_{t.name}"
        case "string" | "bytes":
            return "bytes"
        case "array":
            return native(t.components[0][1]) + t.name[t.name.rindex("[") :]
        case "number":
            return "uint256"
        case _:
            return t.name


def located(t: Type) -> str:
    """Return the type with its data location."""
    return native(t) + (" memory" if t.kind in {"struct", "string", "bytes", "array"} else "")


def lift(value: str, t: Type) -> str:
    """Turn a Solidity value into the form that clauses compute with."""
    match t.kind:
        case "uint" | "number":
            return f"nat({value})"
        case "int":
            return f"int_({value})"
        case "enum":
            return f"member({value}, {len(t.members)})"
        case "fixed_bytes":
            return f"bytes32({value})"
        case _:
            return value


def lower(value: str, t: Type) -> str:
    """Turn a value of a clause into a Solidity value of its type; reverts where it does not fit."""
    match t.kind:
        case "uint":
            return f"{t.name}(asUint({value}, {t.bits}))"
        case "number":
            return f"asUint({value}, 256)"
        case "int":
            return f"{t.name}(asInt({value}, {t.bits}))"
        case "enum":
            return f"uint8(memberOf({value}, {len(t.members)}).lo)"
        case "fixed_bytes":
            return f"{t.name}({value})"
        case _:
            return value


def word(value: str, t: Type) -> str:
    """Turn a value of a clause into the word that stands for it as a key; strings are interned."""
    match t.kind:
        case "uint" | "number":
            return f"bytes32(asUint({value}, {t.bits or 256}))"
        case "int":
            return f"bytes32(uint256(asInt({value}, {t.bits})))"
        case "enum":
            return f"bytes32(memberOf({value}, {len(t.members)}).lo)"
        case "fixed_bytes":
            return value
        case "address":
            return f"bytes32(uint256(uint160({value})))"
        case "bool":
            return f"bytes32(uint256({value} ? 1 : 0))"
        case "string" | "bytes":
            return f"engine.intern({value})"
        case _:
            raise NotRendered(f"a key of type {t.name}")


def unword(value: str, t: Type) -> str:
    """Turn a key's word back into a value of a clause."""
    match t.kind:
        case "uint" | "number":
            return f"nat(uint256({value}) & {(1 << (t.bits or 256)) - 1:#x})"
        case "int":
            return f"int_({t.name}(int256(uint256({value}))))"
        case "enum":
            return f"member(uint256({value}), {len(t.members)})"
        case "address":
            return f"address(uint160(uint256({value})))"
        case "bool":
            return f"({value} != 0)"
        case "string" | "bytes":
            return f"engine.textOf({value})"
        case _:
            return value


def key_kind(t: Type) -> int:
    """Return the pool that keys of a type are drawn from (Engine.sol)."""
    match t.kind:
        case "address":
            return 0
        case "uint" | "int":
            return 1
        case "fixed_bytes":
            return 2
        case "string" | "bytes":
            return 3
        case "bool":
            return POOLS + 2
        case "enum":
            return POOLS + len(t.members)
        case _:
            raise NotRendered(f"a key of type {t.name}")


def text(data: bytes) -> str:
    """Return a literal of type bytes memory."""
    return f'bytes(hex"{data.hex()}")'


@dataclass(slots=True)
class Renderer:
    """Render the formulas of one place of a specification.

    `variables` maps names to Solidity values of native type; `old` gives the number of a saved value (None: `old` changes nothing here);
    `part` makes an external function that evaluates an expression and reverts where it is undefined, and returns its name.
    """

    specification: Specification
    variables: Mapping[str, str]
    old: Callable[[Expression], tuple[int, bool]] | None
    part: Callable[[str, str], str]
    bound: Mapping[str, int] = field(default_factory=dict)

    def value(self, e: Expression) -> str:
        """Return Solidity that evaluates the expression, in the form that clauses compute with."""
        method: Callable[[Expression], str] = getattr(self, f"_{type(e).__name__.lower()}")
        return method(e)

    def condition(self, e: Expression) -> str:
        """Return Solidity of type bool; a `forall` is its body at the bound words."""
        if isinstance(e, f.Forall):
            self.bound = {name: i for i, (name, _) in enumerate(e.bound)}
            return self.value(e.body)
        return self.value(e)

    def natives(self, values: Sequence[Expression], types: Sequence[Type]) -> list[str]:
        """Return the values as Solidity values of these types."""
        return [lower(self.as_type(v, t), t) for v, t in zip(values, types, strict=True)]

    def as_type(self, e: Expression, t: Type) -> str:
        """Return an expression in the form of a type that it converts to implicitly."""
        if isinstance(e, f.Literal) and t.kind in {"string", "bytes"} and isinstance(e.value, str | bytes):
            return text(e.value.encode() if isinstance(e.value, str) else e.value)
        if isinstance(e, f.Literal) and t.kind in {"address", "fixed_bytes"}:
            return self._literal(f.Literal(t, e.position, e.value))
        return self.value(e)

    # ------------------------------------------------------------ leaves

    def _literal(self, e: f.Literal) -> str:
        v = e.value
        if isinstance(v, bool):
            return "true" if v else "false"
        if e.type.kind == "address":
            n = v if isinstance(v, int) else int.from_bytes(v if isinstance(v, bytes) else v.encode(), "big")
            return f"address(uint160({n}))"  # in hexadecimal solc takes it for an address, and asks for its checksum
        if e.type.kind == "fixed_bytes":
            size = e.type.bits // 8
            data = v.to_bytes(size, "big") if isinstance(v, int) else v if isinstance(v, bytes) else v.encode()
            return f"bytes32(0x{data.ljust(32, bytes(1)).hex()})"
        if isinstance(v, int):
            hi, lo = divmod(abs(v), 1 << 256)
            if hi >= 1 << 256:
                raise NotRendered("a literal beyond 512 bits")
            return f"big({'true' if v < 0 else 'false'}, {hi}, {lo})" if v < 0 or hi else f"nat({lo})"
        return text(v.encode() if isinstance(v, str) else v)

    def _variable(self, e: f.Variable) -> str:
        if e.role == "bound":
            return unword(f"bound_[{self.bound[e.name]}]", e.type)
        return lift(self.variables[e.name], e.type)

    def _world(self, e: f.World) -> str:
        return {
            "msg.sender": "sender_",
            "msg.value": "nat(value_)",
            "msg.sig": "bytes32(sig_)",
            "block.timestamp": "nat(block.timestamp)",
            "block.number": "nat(block.number)",
            "address(this)": "at",
        }[e.name]

    def _enumvalue(self, e: f.EnumValue) -> str:
        return f"nat({e.type.members.index(e.member)})"

    # ------------------------------------------------------------ reads

    def getter(self, signature: str) -> tuple[int, Function]:
        """Return a getter and its number."""
        for i, g in enumerate(self.specification.readable):
            if g.signature == signature:
                return i, g
        raise NotRendered(f"{signature} is not a getter")

    def _read(self, e: f.Read) -> str:
        i, g = self.getter(e.getter)
        arguments = self.natives(e.arguments, [p.type for p in g.parameters])
        return lift(f"g{i}({', '.join(arguments)})", e.type)

    def _sum(self, e: f.Sum) -> str:
        i, g = self.getter(e.getter)
        return f"engine.sum({i}, {self.keys(e.keys, [p.type for p in g.parameters][: len(e.keys)])})"

    def keys(self, values: Sequence[Expression], types: Sequence[Type]) -> str:
        """Return Solidity of type bytes32[] memory."""
        words = [word(self.as_type(v, t), t) for v, t in zip(values, types, strict=True)]
        return f"_list{len(words)}({', '.join(words)})" if words else "new bytes32[](0)"

    def _balance(self, e: f.Balance) -> str:
        return f"nat({self.value(e.operand)}.balance)"

    def _sent(self, _: f.Sent) -> str:
        raise NotRendered("what a call sends, where it is not over")

    def _accepts(self, _: f.Accepts) -> str:
        raise NotRendered("who accepts: samples do not choose that")

    def _codeless(self, e: f.Codeless) -> str:
        return f"({self.value(e.operand)}.code.length == 0)"

    def _old(self, e: f.Old) -> str:
        if self.old is None:
            return self.value(e.operand)
        number, bound = self.old(e.operand)
        t = "Z" if e.operand.type.kind in NUMERIC else "bytes32" if e.operand.type.kind == "fixed_bytes" else native(e.operand.type)
        return f"abi.decode(_old({number}, {'true' if bound else 'false'}), ({t}))"

    def _defined(self, e: f.Defined) -> str:
        return f"_isDefined(this.{self.part(self.value(e.operand), self.form(e.operand.type))}.selector)"

    def form(self, t: Type) -> str:
        """Return the Solidity type of a clause's value of type `t`, with its location."""
        if t.kind in NUMERIC:
            return "Z memory"
        return "bytes32" if t.kind == "fixed_bytes" else located(t)

    # ------------------------------------------------------------ operators

    def _unary(self, e: f.Unary) -> str:
        x = self.value(e.operand)
        if e.operator == "!":
            return f"!({x})"
        if e.operator == "-":
            return f"neg({x})"
        if e.type.kind == "fixed_bytes":
            return f"bytes32({e.type.name}(~{x}))"
        return lift(f"~{lower(x, e.type)}", e.type)

    def _binary(self, e: f.Binary) -> str:
        op = e.operator
        if op in {"&&", "||"}:
            return f"(({self.value(e.left)}) {op} ({self.value(e.right)}))"
        if op == "==>":
            return f"(!({self.value(e.left)}) || ({self.value(e.right)}))"
        if op == "<==>":
            return f"(({self.value(e.left)}) == ({self.value(e.right)}))"
        if op in {"==", "!=", "<", "<=", ">", ">="}:
            return self._comparison(e)
        x, y = self.value(e.left), self.value(e.right)
        arithmetic = {"+": "add", "-": "sub", "*": "mul", "/": "div", "%": "mod", "**": "pow"}
        if op in arithmetic:
            return f"{arithmetic[op]}({x}, {y})"
        t = Type("uint", "uint256", 256) if e.type.kind == "number" else e.type
        if op in {"<<", ">>"}:
            moved = f"({lower(x, t)} {op} asUint({y}, 256))"
            return f"bytes32({moved})" if t.kind == "fixed_bytes" else lift(moved, t)
        both = f"({lower(x, t)} {op} {lower(y, t)})"
        return f"bytes32({both})" if t.kind == "fixed_bytes" else lift(both, t)

    def _comparison(self, e: f.Binary) -> str:
        left, right, op = e.left, e.right, e.operator
        if left.type.kind in NUMERIC and right.type.kind in NUMERIC:
            return SHAPES[op].format(self.value(left), self.value(right))
        t = right.type if left.type.kind == "number" or isinstance(left, f.Literal) else left.type
        x, y = self.as_type(left, t), self.as_type(right, t)
        if t.kind in {"string", "bytes"}:
            return f"({'!' if op == '!=' else ''}(keccak256({x}) == keccak256({y})))"
        if t.kind in {"struct", "array"}:
            return f"({'!' if op == '!=' else ''}(keccak256(abi.encode({x})) == keccak256(abi.encode({y}))))"
        if t.kind == "bool" and op in {"==", "!="}:
            return f"(({x}) {op} ({y}))"
        return f"({x} {op} {y})"

    def _same(self, e: f.Same) -> str:
        return self._comparison(f.Binary(e.type, e.position, "==", e.left, e.right))

    def _conditional(self, e: f.Conditional) -> str:
        return f"(({self.value(e.condition)}) ? {self.as_type(e.if_true, e.type)} : {self.as_type(e.if_false, e.type)})"

    def _cast(self, e: f.Cast) -> str:
        source, t = e.operand.type, e.type
        untyped = source.kind in {"number", "string", "bytes"} or source == t
        if isinstance(e.operand, f.Literal) and untyped and t.kind in {"address", "fixed_bytes"} and not isinstance(e.operand.value, bool):
            return self._literal(f.Literal(t, e.position, e.operand.value))
        x = self.value(e.operand)
        if t.kind in NUMERIC:
            if source.kind == "address":
                x = f"nat(uint160({x}))"
            elif source.kind == "fixed_bytes":
                x = f"nat(uint256({x}) >> {256 - source.bits})"
            if t.kind == "enum":
                return f"memberOf({x}, {len(t.members)})"
            return x if t.kind == "number" else f"fit{'Int' if t.kind == 'int' else 'Uint'}({x}, {t.bits})"
        if t.kind == "address":
            if source.kind == "address":
                return x
            return f"address(uint160(asUint({x}, 160)))" if source.kind in NUMERIC else f"address(bytes20({x}))"
        if t.kind == "fixed_bytes":
            if source.kind in NUMERIC:
                return f"bytes32(asUint({x}, {t.bits}) << {256 - t.bits})"
            if source.kind == "address":
                return f"bytes32(bytes20({x}))"
            return f"cutBytes({x}, {t.bits})" if source.kind in {"string", "bytes"} else f"narrowed({x}, {t.bits})"
        return x

    def _member(self, e: f.Member) -> str:
        names = [n for n, _ in e.operand.type.components]
        return lift(f"{self.value(e.operand)}.m{names.index(e.name)}", e.type)

    def _index(self, e: f.Index) -> str:
        if e.operand.type.kind == "fixed_bytes":
            return f"bytes32({e.operand.type.name}({self.value(e.operand)})[asUint({self.value(e.index)}, 256)])"
        return lift(f"{self.value(e.operand)}[asUint({self.value(e.index)}, 256)]", e.type)

    def _length(self, e: f.Length) -> str:
        return f"nat({self.value(e.operand)}.length)"

    def _hash(self, e: f.Hash) -> str:
        return f"keccak256({self.value(e.operand)})"

    def _encode(self, e: f.Encode) -> str:
        parts = self.natives(e.arguments, [a.type for a in e.arguments])
        return f"abi.encode{'Packed' if e.packed else ''}({', '.join(parts)})"

    def _bytesof(self, e: f.BytesOf) -> str:
        return self.value(e.operand)

    def _forall(self, e: f.Forall) -> str:
        raise NotRendered(f"a forall that is not outermost, over {', '.join(n for n, _ in e.bound)}")
