"""Build the typed tree of a clause from the untyped one and what solc said of it."""

from __future__ import annotations

import contextlib
import re
from typing import cast

from specs.check import Check
from specs.declarations import Node, read_type
from specs.expand import arguments_of, dotted, is_this
from specs.formula import (
    ADDRESS,
    BOOL,
    MOST_FACTORS,
    NUMBER,
    UINT256,
    Accepts,
    Balance,
    Binary,
    BinaryOperator,
    BytesOf,
    Cast,
    Codeless,
    Conditional,
    Defined,
    Encode,
    EnumValue,
    Expression,
    Forall,
    Hash,
    Index,
    Length,
    Literal,
    Member,
    Old,
    Position,
    Read,
    Same,
    Sent,
    Sum,
    Type,
    Unary,
    UnaryOperator,
    Variable,
    World,
    WorldName,
    children,
    factors,
    walk,
)
from specs.scope import Scope, is_elementary
from specs.syntax import Syntax

RATIONAL = re.compile(r"t_rational_(minus_)?(\d+)_by_(\d+)")
WORLD_TYPES = {
    "msg.sender": ADDRESS,
    "msg.value": UINT256,
    "msg.sig": Type("fixed_bytes", "bytes4", 32),
    "block.timestamp": UINT256,
    "block.number": UINT256,
}
STRING = Type("string", "string")
BYTES = Type("bytes", "bytes")


class Elaborator:
    """Build expressions of one scope."""

    def __init__(self, check: Check, scope: Scope) -> None:
        self.check = check
        self.scope = scope

    def build(self, node: Syntax, wanted: Type | None = None) -> Expression:
        """Return the typed expression, literals in the type that is wanted. Raises: SpecificationError."""
        folded = self._fold(node)
        made = folded if folded is not None else cast(Expression, getattr(self, f"_build_{node.kind}")(node))
        return adapt(made, wanted) if wanted is not None else made

    def _at(self, node: Syntax) -> Position:
        return node.source.position(node.start)

    def _type(self, node: Syntax, ast: Node | None = None) -> Type:
        spelled = (ast or self.check.node(node))["typeDescriptions"]["typeString"]
        if spelled.startswith("literal_string"):
            return BYTES if spelled.startswith("literal_string hex") else STRING
        made = read_type(spelled, self.check.interface.named.get)
        if made is None:
            what = (
                "a getter that returns several values (let it return a struct)"
                if spelled.startswith("tuple(") and spelled != "tuple()"
                else f"a value of type {spelled}"
            )
            node.source.refuse(node.start, what, "clauses know integers, bool, address, bytesN, enums, structs, arrays, string and bytes")
        return made

    def _fold(self, node: Syntax) -> Literal | None:
        if node.kind not in {"number", "unary", "binary"} or node.text in {"==>", "<==>"}:
            return None
        m = RATIONAL.match(self.check.node(node)["typeDescriptions"]["typeIdentifier"])
        if m is None:
            return None
        if m[3] != "1":
            node.source.refuse(
                node.start,
                "a fraction of literals",
                "Solidity computes it exactly, clauses know integers only: write the integer that is meant",
            )
        return Literal(NUMBER, self._at(node), -int(m[2]) if m[1] else int(m[2]))

    def _build_number(self, node: Syntax) -> Expression:
        return Literal(ADDRESS, self._at(node), int(node.text, 16).to_bytes(20))

    def _build_string(self, node: Syntax) -> Expression:
        ast = self.check.node(node)
        raw = bytes.fromhex(ast["hexValue"])
        if ast["kind"] != "hexString":
            with contextlib.suppress(UnicodeDecodeError):  # no text: bytes, then
                return Literal(STRING, self._at(node), raw.decode())
        return Literal(BYTES, self._at(node), raw)

    def _build_name(self, node: Syntax) -> Expression:
        if node.text in {"true", "false"}:
            return Literal(BOOL, self._at(node), node.text == "true")
        binding = self.scope.variables[node.text]
        return Variable(self._type(node), self._at(node), binding.name, binding.role)

    def _build_unary(self, node: Syntax) -> Expression:
        return Unary(self._type(node), self._at(node), cast(UnaryOperator, node.text), self.build(node.children[0]))

    def _build_binary(self, node: Syntax) -> Expression:
        if node.text == "**":
            node.source.refuse(
                node.start, "`**` between values that are not literals", "write a product; `**` is for literals such as 10 ** 18"
            )
        if node.text in {"==>", "<==>"}:
            common = BOOL
        else:
            spelled = self.check.node(node)["commonType"]["typeString"]
            common = read_type(spelled, self.check.interface.named.get) or NUMBER
        wanted = common if common.kind == "fixed_bytes" else None
        shift = node.text in {"<<", ">>"}
        left = self.build(node.children[0], wanted)
        right = self.build(node.children[1], None if shift else wanted)
        made = Binary(self._type(node), self._at(node), cast(BinaryOperator, node.text), left, right)
        if node.text == "*" and factors(made) > MOST_FACTORS:
            node.source.refuse(
                node.start,
                "a product of more than two unknown factors",
                "at most two are multiplied, as a value beyond 512 bits is none: let a view return a part of the product "
                "(`equals x() * y()` above it), or divide before you multiply again",
            )
        return made

    def _build_conditional(self, node: Syntax) -> Expression:
        t = self._type(node)
        condition, if_true, if_false = node.children
        return Conditional(t, self._at(node), self.build(condition), self.build(if_true, t), self.build(if_false, t))

    def _build_index(self, node: Syntax) -> Expression:
        return Index(self._type(node), self._at(node), self.build(node.children[0]), self.build(node.children[1]))

    def _build_member(self, node: Syntax) -> Expression:
        base, at = node.children[0], self._at(node)
        path = dotted(node)
        if path in WORLD_TYPES and path.split(".")[0] not in self.scope.variables:
            return World(WORLD_TYPES[path], at, cast(WorldName, path))
        if base.kind == "call" and base.children[0].text == "type" and node.text in {"max", "min"}:
            return _limit(self._type(node), at, node.text)
        if self.check.expander.enum(base) is not None:
            return EnumValue(self._type(node), at, node.text)
        operand = self.build(base)
        if node.text == "length":
            if operand.type.kind == "fixed_bytes":
                return Literal(self._type(node), at, operand.type.bits // 8)
            if operand.type.kind in {"bytes", "array"}:
                return Length(UINT256, at, operand)
        if operand.type.kind != "struct":
            node.source.refuse(node.children[1].start, f"`.{node.text}`", "only structs, enums and `.length` have members here")
        return Member(self._type(node), at, operand, node.text)

    def _build_call(self, node: Syntax) -> Expression:
        callee, at = node.children[0], self._at(node)
        arguments = arguments_of(node)
        path = dotted(callee)
        there = self.check.expander.environment(callee)
        if there is not None:
            getter = self.check.called_there(self.check.node(node), there)
            keys = tuple(self.build(a, p.type) for a, p in zip(arguments, getter.parameters, strict=True))
            return Read(self._type(node), at, getter.signature, keys, there.interface)
        made = self._word(node, path, arguments, at)
        if made is not None:
            return made
        if path == "keccak256":
            return Hash(self._type(node), at, self.build(arguments[0], BYTES))
        if path in {"abi.encode", "abi.encodePacked"}:
            return Encode(BYTES, at, path == "abi.encodePacked", tuple(self.build(a) for a in arguments))
        if path == "address" and arguments[0].text == self.scope.contract:
            return World(ADDRESS, at, "address(this)")
        if is_elementary(path) or self.check.expander.enum(callee) is not None:
            return self._convert(node, arguments[0], at)
        return self._read(node, arguments, at)

    def _word(self, node: Syntax, path: str, arguments: tuple[Syntax, ...], at: Position) -> Expression | None:
        if not self.check.expander.is_sugar(path, len(arguments)):
            return None
        if path == "old":
            operand = self.build(arguments[0])
            return Old(operand.type, at, operand) if self.scope.old == "kept" else operand
        if path == "defined":
            return Defined(BOOL, at, self.build(arguments[0]))
        if path == "same":
            return self._same(node, arguments, at)
        if path == "changed":
            return self._changed(node, arguments[0], at)
        if path == "balance":
            own = is_this(arguments[0], self.scope)
            return Balance(
                UINT256, at, World(ADDRESS, self._at(arguments[0]), "address(this)") if own else self.build(arguments[0], ADDRESS)
            )
        if path == "sent":
            return Sent(UINT256, at, self.build(arguments[0], ADDRESS))
        if path == "accepts":
            return Accepts(BOOL, at, self.build(arguments[0], ADDRESS))
        if path == "codeless":
            return Codeless(BOOL, at, self.build(arguments[0], ADDRESS))
        function = self.check.expander.summed_getter(node)
        keys = tuple(self.build(k, p.type) for k, p in zip(arguments[1:], function.parameters, strict=False))
        return Sum(UINT256, at, function.signature, keys)

    def _changed(self, node: Syntax, argument: Syntax, at: Position) -> Expression:
        """Return that a value is not what it was before the call: undefined where it is undefined before or after."""
        now = self.build(argument)
        if now.type.kind == "array":
            node.source.refuse(node.start, f"changed(…) of {now.type.name}", "compare an element or the length")
        if now.type.kind in {"string", "bytes", "struct"}:
            return Unary(BOOL, at, "!", Same(BOOL, at, now, Old(now.type, at, now)))
        return Binary(BOOL, at, "!=", now, Old(now.type, at, now))

    def _same(self, node: Syntax, arguments: tuple[Syntax, ...], at: Position) -> Expression:
        left, right = (self.build(a) for a in arguments)
        if isinstance(left, Literal):
            left = adapt(left, right.type)
        right = adapt(right, left.type)
        if left.type.kind not in {"string", "bytes", "struct"}:
            node.source.refuse(
                node.start, f"same(…) of {left.type.name}", "`==` compares values; same(x, y) is for strings, bytes and structs"
            )
        if left.type != right.type:
            node.source.refuse(node.start, f"same(…) of {left.type.name} and {right.type.name}", "both must have one type")
        return Same(BOOL, at, left, right)

    def _convert(self, node: Syntax, argument: Syntax, at: Position) -> Expression:
        target, operand = self._type(node), self.build(argument)
        if isinstance(operand, Literal) and (literal := _convert_literal(operand, target, at)) is not None:
            return literal
        if operand.type == target and not (target.is_integer and _may_exceed(operand)):
            return operand
        if target == BYTES and operand.type == STRING:
            return BytesOf(BYTES, at, operand)
        if target == STRING:
            node.source.refuse(node.start, "a conversion to string", "compare bytes: same(bytes(s), b)")
        return Cast(target, at, operand)

    def _read(self, node: Syntax, arguments: tuple[Syntax, ...], at: Position) -> Expression:
        ast = self.check.node(node)
        function = self.check.called(ast)
        assert function is not None
        if not function.is_view:
            node.source.refuse(node.start, f"a call of {function.signature}, which changes state", "clauses call getters only")
        keys = tuple(self.build(a, p.type) for a, p in zip(arguments, function.parameters, strict=True))
        return Read(self._type(node), at, function.signature, keys)

    def forall(self, node: Syntax) -> Expression:
        """Return the formula of a clause: with or without `forall`."""
        if node.kind == "plain":
            return self.build(node.children[0], BOOL)
        body = self.build(node.children[-1], BOOL)
        used: dict[str, Type] = {}
        _collect_bound(body, used)
        bound: list[tuple[str, Type]] = []
        for p in node.children[1].children:
            name = p.children[-1].text
            if name not in used:
                p.source.refuse(p.start, f"the bound symbol {name}, which the formula does not mention", "leave it out")
            if used[name].kind in {"string", "bytes", "array", "struct"}:
                p.source.refuse(p.start, f"a bound symbol of type {used[name].name}", "bind integers, bool, address, bytesN or enums")
            bound.append((name, used[name]))
        return Forall(BOOL, self._at(node), tuple(bound), body)


def _collect_bound(e: Expression, found: dict[str, Type]) -> None:
    if isinstance(e, Variable) and e.role == "bound":
        found[e.name] = e.type
    for c in children(e):
        _collect_bound(c, found)


def adapt(e: Expression, wanted: Type) -> Expression:
    """Return a literal in the type that it converts to, and bytes as many as are wanted; anything else unchanged."""
    widens = wanted.kind == e.type.kind == "fixed_bytes" and e.type.bits < wanted.bits
    if isinstance(e, Conditional):
        return Conditional(
            wanted if widens or (_is_loose(e.if_true) and _is_loose(e.if_false)) else e.type,
            e.position,
            e.condition,
            adapt(e.if_true, wanted),
            adapt(e.if_false, wanted),
        )
    if not isinstance(e, Literal):
        return Cast(wanted, e.position, e) if widens else e
    if wanted.kind in {"fixed_bytes", "bytes"} or (wanted.kind == "string" and e.type == BYTES):
        return _convert_literal(e, wanted, e.position) or e
    return e


def converted(e: Expression, target: Type) -> Expression:
    """Return a value in a type to which solc converts it by itself; an exact value that does not fit is none."""
    if isinstance(e, Literal) and (literal := _convert_literal(e, target, e.position)) is not None:
        return literal
    return e if e.type == target and not (target.is_integer and _may_exceed(e)) else Cast(target, e.position, e)


def _may_exceed(e: Expression) -> bool:
    """Tell whether an exact value may lie outside of the type that solc gives the expression."""
    return isinstance(e, Binary | Unary | Conditional | Sum | Old) and any(
        isinstance(x, Binary | Unary | Sum) and x.type.is_integer for x in walk(e)
    )


def _is_loose(e: Expression) -> bool:
    return isinstance(e, Literal) and e.type.kind in {"number", "string", "bytes"}


def _convert_literal(e: Literal, target: Type, at: Position) -> Expression | None:
    value = e.value
    if isinstance(value, str):
        if target.kind == "string":
            return Literal(STRING, at, value)
        value = value.encode()
    if isinstance(value, bytes) and e.type.kind in {"string", "bytes"}:
        if target.kind == "fixed_bytes" and len(value) <= target.bits // 8:
            return Literal(target, at, value.ljust(target.bits // 8, b"\0"))
        return Literal(BYTES, at, value) if target.kind == "bytes" else None
    if isinstance(value, bytes) and e.type.kind == target.kind == "fixed_bytes" and e.type.bits <= target.bits:
        return Literal(target, at, value.ljust(target.bits // 8, b"\0"))
    if e.type.kind != "number" or not isinstance(value, int):
        return None
    if target.kind == "address":
        return Literal(ADDRESS, at, value.to_bytes(20))
    if target.kind == "fixed_bytes":
        return Literal(target, at, value.to_bytes(target.bits // 8))
    if target.kind == "enum":
        return EnumValue(target, at, target.members[value])
    return Literal(target, at, value) if target.is_integer else None


def _limit(t: Type, at: Position, which: str) -> Expression:
    if t.kind == "enum":
        return EnumValue(t, at, t.members[-1 if which == "max" else 0])
    if t.kind == "uint":
        return Literal(t, at, 2**t.bits - 1 if which == "max" else 0)
    return Literal(t, at, 2 ** (t.bits - 1) - 1 if which == "max" else -(2 ** (t.bits - 1)))
