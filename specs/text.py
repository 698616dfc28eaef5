"""Write a formula back as text of the language, canonical and parsable."""

from __future__ import annotations

from eth_hash.auto import keccak

from specs.formula import (
    Accepts,
    Balance,
    Binary,
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
    Read,
    Same,
    Sent,
    Sum,
    Unary,
    Variable,
    World,
)

LEVELS = (("<==>",), ("==>",), ("||",), ("&&",), ("==", "!="), ("<", "<=", ">", ">="), ("|",), ("^",), ("&",), ("<<", ">>"), ("+", "-"))
LEVEL = {operator: level for level, operators in enumerate((*LEVELS, ("*", "/", "%"), ("**",)), 1) for operator in operators}
UNARY, POSTFIX = 20, 30


def to_text(e: Expression) -> str:
    """Return the canonical text of a formula; parsed again where it stood, it gives an equal formula."""
    return _text(e)[0]


def to_operand(e: Expression, operator: str) -> str:
    """Return the text of a formula as it stands beside a binary operator."""
    return _inside(e, LEVEL[operator] + 1)


def _text(e: Expression) -> tuple[str, int]:
    """Return text and binding strength."""
    match e:
        case Literal():
            return _literal(e)
        case Variable():
            return e.name, POSTFIX
        case World():
            return e.name, POSTFIX
        case Read():
            return _call(_called(e), *e.arguments), POSTFIX
        case Sum():
            return f"sum({', '.join((e.name, *map(to_text, e.keys)))})", POSTFIX
        case Unary():
            inner, strength = _text(e.operand)
            return e.operator + (inner if strength >= UNARY and not inner.startswith("-") else f"({inner})"), UNARY
        case Binary():
            return _binary(e)
        case Conditional():
            parts = [_inside(x, LEVEL["||"]) for x in (e.condition, e.if_true, e.if_false)]
            return f"{parts[0]} ? {parts[1]} : {parts[2]}", 0
        case Cast():
            return _call(e.type.name, e.operand), POSTFIX
        case Member():
            return f"{_inside(e.operand, POSTFIX)}.{e.name}", POSTFIX
        case EnumValue():
            return f"{e.type.name}.{e.member}", POSTFIX
        case Index():
            return f"{_inside(e.operand, POSTFIX)}[{to_text(e.index)}]", POSTFIX
        case Length():
            return f"{_inside(e.operand, POSTFIX)}.length", POSTFIX
        case Hash():
            return _call("keccak256", e.operand), POSTFIX
        case Encode():
            return _call("abi.encodePacked" if e.packed else "abi.encode", *e.arguments), POSTFIX
        case BytesOf():
            return _call("bytes", e.operand), POSTFIX
        case Old():
            return _call("old", e.operand), POSTFIX
        case Balance():
            own = isinstance(e.operand, World) and e.operand.name == "address(this)"
            return "balance(this)" if own else _call("balance", e.operand), POSTFIX
        case Sent():
            return _call("sent", e.operand), POSTFIX
        case Codeless():
            return _call("codeless", e.operand), POSTFIX
        case Accepts():
            return _call("accepts", e.operand), POSTFIX
        case Defined():
            return _call("defined", e.operand), POSTFIX
        case Same():
            return _call("same", e.left, e.right), POSTFIX
        case Forall():
            return f"forall ({', '.join(f'{t.name} {name}' for name, t in e.bound)}) {to_text(e.body)}", 0
        case _:
            raise AssertionError(f"no text for {type(e).__name__}")


def _called(e: Read) -> str:
    """Return what names a getter: `balanceOf`, or of an environment `IERC20(asset()).balanceOf`."""
    owner, _, name = e.name.rpartition(".")
    return f"{e.through}({owner}()).{name}" if e.through else e.name


def _call(name: str, *arguments: Expression) -> str:
    return f"{name}({', '.join(map(to_text, arguments))})"


def _inside(e: Expression, strength: int) -> str:
    text, own = _text(e)
    return text if own >= strength else f"({text})"


def _binary(e: Binary) -> tuple[str, int]:
    level = LEVEL[e.operator]
    rightward = e.operator == "==>"
    left = _inside(e.left, level + (1 if rightward or e.operator == "<==>" else 0))
    right = _inside(e.right, level if rightward else level + 1)
    return f"{left} {e.operator} {right}", level


def _literal(e: Literal) -> tuple[str, int]:
    value, t = e.value, e.type
    if isinstance(value, bool):
        return ("true" if value else "false"), POSTFIX
    if isinstance(value, int):
        if t.kind == "uint" and value == 2**t.bits - 1:
            return f"type({t.name}).max", POSTFIX
        if t.kind == "int" and value in {2 ** (t.bits - 1) - 1, -(2 ** (t.bits - 1))}:
            return f"type({t.name}).{'max' if value > 0 else 'min'}", POSTFIX
        if t.kind in {"uint", "int"}:
            return f"{t.name}({value})", POSTFIX
        return str(value), POSTFIX if value >= 0 else UNARY
    if isinstance(value, str):
        escaped = "".join(_escape(c) for c in value)
        return ("" if value.isascii() else "unicode") + f'"{escaped}"', POSTFIX
    if t.kind == "address":
        return (checksum(value) if any(value) else "address(0)"), POSTFIX
    if t.kind == "fixed_bytes":
        return (f'{t.name}(hex"{value.hex()}")' if any(value) else f"{t.name}(0)"), POSTFIX
    return f'hex"{value.hex()}"', POSTFIX


def _escape(c: str) -> str:
    if c in '"\\':
        return f"\\{c}"
    named = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return named.get(c) or (c if c.isprintable() else f"\\u{ord(c):04x}" if ord(c) > 0x7F else f"\\x{ord(c):02x}")


def checksum(address: bytes) -> str:
    """Return an address as Solidity writes it. Source: EIP-55."""
    digits = address.hex()
    digest = keccak(digits.encode()).hex()
    return "0x" + "".join(c.upper() if int(h, 16) >= 8 else c for c, h in zip(digits, digest, strict=False))
