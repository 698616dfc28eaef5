"""Render formulas as a person would write them in a Solidity test, where nothing overflows at the point that is shown.

What cannot be said so raises NotPlain; then the test computes exactly (render.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from eth_hash.auto import keccak

from specs import formula as f
from specs.formula import Expression, Type
from specs.specification import Function, Specification
from verifier.harness.render import native

NUMBERS = frozenset({"uint", "int", "number", "enum"})


class NotPlain(Exception):
    """Say what has no plain rendering."""


def address_literal(a: str) -> str:
    """Return an address literal with its checksum. Source: EIP-55."""
    digits = a.lower().removeprefix("0x").rjust(40, "0")
    marks = keccak(digits.encode()).hex()
    return "0x" + "".join(c.upper() if int(marks[i], 16) > 7 else c for i, c in enumerate(digits))


def literal(v: object, t: Type) -> str:
    """Return a decoded value as Solidity source."""
    if isinstance(v, bool):
        return "true" if v else "false"
    if isinstance(v, int):
        largest = t.kind in {"uint", "number"} and v == (1 << (t.bits or 256)) - 1 and (t.bits or 256) > 8
        return f"type({native(t)}).max" if largest else str(v)
    if t.kind == "address" and isinstance(v, str):
        return address_literal(v)
    if isinstance(v, bytes) and t.kind == "fixed_bytes":
        return f"{t.name}(0x{v.hex()})"
    if isinstance(v, bytes):
        return f'bytes(hex"{v.hex()}")'
    if isinstance(v, str):
        return f'bytes(hex"{v.encode("utf-8", "replace").hex()}")'
    raise NotPlain(f"a value of type {t.name}")


@dataclass(slots=True)
class Plain:
    """Render formulas at one point of a test; collects getters and old values. `sums`: the keys that a sum is taken over."""

    specification: Specification
    variables: Mapping[str, str]
    world: Mapping[str, str]
    sums: Callable[[str], Sequence[str]]
    getters: dict[str, Function] = field(default_factory=dict)
    olds: dict[Expression, str] = field(default_factory=dict)

    def value(self, e: Expression) -> str:
        """Return Solidity of the expression's native type.

        Raises: NotPlain.
        """
        method: Callable[[Expression], str] | None = getattr(self, f"_{type(e).__name__.lower()}", None)
        if method is None:
            raise NotPlain(type(e).__name__)
        return method(e)

    def _literal(self, e: f.Literal) -> str:
        v = e.value
        if e.type.kind == "address":
            n = v if isinstance(v, int) else int.from_bytes(v if isinstance(v, bytes) else v.encode(), "big")
            return address_literal(f"0x{n:040x}")
        if e.type.kind == "fixed_bytes" and isinstance(v, int | bytes) and not isinstance(v, bool):
            data = v.to_bytes(e.type.bits // 8, "big") if isinstance(v, int) else v.ljust(e.type.bits // 8, b"\0")
            return f"{e.type.name}(0x{data.hex()})"
        if isinstance(v, int) and not isinstance(v, bool):
            if abs(v) >= 1 << 256:
                raise NotPlain("a large literal")
            return "type(uint256).max" if v == (1 << 256) - 1 else str(v)
        return literal(v, e.type)

    def _variable(self, e: f.Variable) -> str:
        if e.role == "bound":
            raise NotPlain("a bound symbol")
        return self.variables[e.name]

    def _world(self, e: f.World) -> str:
        return self.world.get(e.name, e.name)

    def _enumvalue(self, e: f.EnumValue) -> str:
        return f"{e.type.members.index(e.member)} /* {e.member} */"

    def getter(self, signature: str) -> str:
        """Return the name of the test's own function that reads a getter."""
        g = self.specification.getter(signature)
        if (
            len(g.returns) != 1
            or g.returns[0].type.kind in {"struct", "array"}
            or any(p.type.kind in {"struct", "array"} for p in g.parameters)
        ):
            raise NotPlain(f"{signature} has a composite type")
        plain = g.name.replace(".", "_")
        name = plain if g.title == g.name else f"{plain}_{self.specification.readable.index(g)}"
        self.getters[f"{name}_"] = g
        return f"{name}_"

    def _read(self, e: f.Read) -> str:
        return f"{self.getter(e.getter)}({', '.join(self.value(a) for a in e.arguments)})"

    def _sum(self, e: f.Sum) -> str:
        lead = [self.value(k) for k in e.keys]
        name = self.getter(e.getter)
        parts = [f"uint256({name}({', '.join([*lead, k])}))" for k in self.sums(e.getter)]
        return f"({' + '.join(parts)})" if parts else "uint256(0)"

    def _balance(self, e: f.Balance) -> str:
        return f"{self.value(e.operand)}.balance"

    def _codeless(self, e: f.Codeless) -> str:
        return f"({self.value(e.operand)}.code.length == 0)"

    def _old(self, e: f.Old) -> str:
        return self.olds.setdefault(e.operand, f"old{len(self.olds)}")

    def _unary(self, e: f.Unary) -> str:
        return f"{e.operator}({self.value(e.operand)})"

    def _binary(self, e: f.Binary) -> str:
        left, right = e.left, e.right
        if e.operator == "==>":
            return f"(!({self.value(left)}) || {self.value(right)})"
        if e.operator == "<==>":
            return f"(({self.value(left)}) == ({self.value(right)}))"
        if left.type.kind in {"string", "bytes"}:
            equal = f"same({self.value(left)}, {self.value(right)})"
            return equal if e.operator == "==" else f"!{equal}"
        x, y = self.value(left), self.value(right)
        if "int" in {left.type.kind, right.type.kind} and {left.type.kind, right.type.kind} & {"uint", "enum"}:
            x = f"int256(uint256({x}))" if left.type.kind != "int" else x
            y = f"int256(uint256({y}))" if right.type.kind != "int" else y
        elif e.operator in {"+", "-", "*", "/", "%"} and left.type.kind == "uint" and left.type.bits < 256:
            x = f"uint256({x})"
        return f"({x} {e.operator} {y})"

    def _conditional(self, e: f.Conditional) -> str:
        return f"({self.value(e.condition)} ? {self.value(e.if_true)} : {self.value(e.if_false)})"

    def _cast(self, e: f.Cast) -> str:
        if e.type.kind in {"string", "bytes"} or e.operand.type.kind in {"string", "bytes"}:
            raise NotPlain("a cast of bytes")
        if isinstance(e.operand, f.Literal) and e.type.kind in {"address", "fixed_bytes"}:
            return self._literal(f.Literal(e.type, e.position, e.operand.value))
        if e.operand.type.kind in NUMBERS and e.type.kind in {"uint", "enum"} and e.operand.type.bits <= (e.type.bits or 8):
            return self.value(e.operand)
        return f"{native(e.type)}({self.value(e.operand)})"

    def _same(self, e: f.Same) -> str:
        if e.left.type.kind not in {"string", "bytes"}:
            raise NotPlain("equality of structs")
        return f"same({self.value(e.left)}, {self.value(e.right)})"

    def _bytesof(self, e: f.BytesOf) -> str:
        return self.value(e.operand)

    def _length(self, e: f.Length) -> str:
        return f"{self.value(e.operand)}.length"

    def _hash(self, e: f.Hash) -> str:
        return f"keccak256({self.value(e.operand)})"
