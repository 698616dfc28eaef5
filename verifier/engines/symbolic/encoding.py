"""Values as machine words and as bytes of the ABI, and back. Source: the contract ABI specification."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from halmos.bytevec import ByteVec
from z3 import ULT, BitVec, BitVecRef, BitVecVal, BoolRef, Concat, Extract, If, SignExt, ZeroExt, is_bv_value, simplify

from specs import formula as f
from specs.formula import Type
from specs.specification import Function
from verifier.engines.symbolic import values as v
from verifier.engines.symbolic.snapshot import NotUnderstood
from verifier.engines.symbolic.values import Int, Value, conj


def word(x: Value, t: Type, narrow: bool = False) -> Value:
    """Return a value as a machine word of 256 bits (or, `narrow`, of its type's width); undefined where it does not fit."""
    if isinstance(x.term, Int):
        integer = Type("uint", "uint8", 8) if t.kind == "enum" else t if t.kind in {"uint", "int"} else f.UINT256
        term, fits = v.fit(x.term, integer)
        if not narrow and term.size() < 256:
            term = SignExt(256 - term.size(), term) if integer.kind == "int" else ZeroExt(256 - term.size(), term)
        return Value(simplify(term), conj(x.defined, fits))
    if isinstance(x.term, BoolRef):
        width = 8 if narrow else 256
        return Value(If(x.term, BitVecVal(1, width), BitVecVal(0, width)), x.defined)
    if isinstance(x.term, BitVecRef):
        if narrow or x.term.size() == 256:
            return x
        more = 256 - x.term.size()
        return Value(simplify(Concat(x.term, BitVecVal(0, more)) if t.kind == "fixed_bytes" else ZeroExt(more, x.term)), x.defined)
    raise NotUnderstood(f"a value of type {t.name} as a key")


def encode(parts: Sequence[Value], types: Sequence[Type]) -> tuple[ByteVec, BoolRef]:
    """Return abi.encode of values, and whether all of them are defined and fit their types."""
    heads: list[ByteVec | None] = []
    tails: list[ByteVec] = []
    fits: list[BoolRef] = []
    for part, t in zip(parts, types, strict=True):
        body, ok = _encode_one(part, t)
        fits.append(ok)
        if t.is_dynamic:
            heads.append(None)
            tails.append(body)
        else:
            heads.append(body)
            tails.append(ByteVec())
    size = sum(32 if h is None else len(h) for h in heads)
    out, offset = ByteVec(), size
    for h, tail in zip(heads, tails, strict=True):
        out.append(h if h is not None else offset.to_bytes(32, "big"))
        offset += len(tail)
    for tail in tails:
        out.append(tail)
    return out, conj(*fits)


def _encode_one(part: Value, t: Type) -> tuple[ByteVec, BoolRef]:
    if isinstance(part.term, ByteVec):
        out = ByteVec(len(part.term).to_bytes(32, "big"))
        out.append(part.term)
        out.append(b"\0" * (-len(part.term) % 32))
        return out, part.defined
    if isinstance(part.term, tuple):
        types = [t.components[0][1]] * len(part.term) if t.kind == "array" else [c for _, c in t.components]
        body, fits = encode(part.term, types)
        if t.name.endswith("[]"):
            counted = ByteVec(len(part.term).to_bytes(32, "big"))
            counted.append(body)
            body = counted
        return body, conj(part.defined, fits)
    w = word(part, t)
    return v.from_bits(w.term), w.defined


def whole(getter: Function) -> Type:
    """Return the type of what a function returns; several values are taken as a struct of them (decode them by `decode_returned`)."""
    if len(getter.returns) == 1:
        return getter.returns[0].type
    return Type("struct", "", components=tuple((p.name or f"#{i}", p.type) for i, p in enumerate(getter.returns)))


def word_bits(t: Type) -> int:
    """Return how many bits a key of this type has."""
    return {"address": 160, "bool": 1, "enum": 8}.get(t.kind, t.bits or 256)


def zero(t: Type) -> Any:
    """Return the zero value of a type."""
    if t.kind in {"uint", "int", "number", "enum"}:
        return v.natural(0)
    if t.kind == "bool":
        return v.FALSE
    if t.kind in {"string", "bytes"}:
        return ByteVec()
    if t.kind == "struct":
        return tuple(Value(zero(c)) for _, c in t.components)
    if t.kind == "array":
        return () if t.name.endswith("[]") else (Value(zero(t.components[0][1])),) * int(t.name[t.name.rindex("[") + 1 : -1])
    return BitVecVal(0, t.bits or 160)


def decode_returned(data: ByteVec, function: Function, kind: Type | None = None) -> Value:
    """Decode all that a function returned; undefined where it is too short or out of range.

    Several values stand side by side, without an offset to them. Source: Solidity ABI.
    """
    if len(function.returns) == 1:
        return _decode(data, 0, kind or function.returns[0].type, 0)
    return _decode_tail(data, 0, whole(function))


def _decode(data: ByteVec, at: int, t: Type, base: int) -> Value:
    if t.is_dynamic:
        offset = _constant(data, at)
        return _decode_tail(data, base + offset, t) if offset is not None else _stuck()
    if t.kind == "struct":
        parts = []
        for _, c in t.components:
            parts.append(_decode(data, at, c, base))
            at += size_of(c)
        return Value(tuple(parts), conj(*(p.defined for p in parts)))
    if t.kind == "array":
        item = t.components[0][1]
        count = int(t.name[t.name.rindex("[") + 1 : -1])
        parts = [_decode(data, at + i * size_of(item), item, base) for i in range(count)]
        return Value(tuple(parts), conj(*(p.defined for p in parts)))
    if len(data) < at + 32:
        return Value(zero(t), v.FALSE)
    return from_word(v.as_bits(data.slice(at, at + 32)), t)


def _decode_tail(data: ByteVec, at: int, t: Type) -> Value:
    if t.kind in {"string", "bytes"}:
        length = _constant(data, at)
        if length is None:
            return _stuck()
        if len(data) < at + 32 + length:
            return Value(ByteVec(), v.FALSE)
        return Value(data.slice(at + 32, at + 32 + length))
    if t.kind == "array":
        item = t.components[0][1]
        dynamic = t.name.endswith("[]")
        count = _constant(data, at) if dynamic else int(t.name[t.name.rindex("[") + 1 : -1])
        if count is None:
            return _stuck()
        base = at + 32 * dynamic
        parts = [_decode(data, base + i * size_of(item), item, base) for i in range(count)]
        return Value(tuple(parts), conj(*(p.defined for p in parts)))
    parts, here = [], at
    for _, c in t.components:
        parts.append(_decode(data, here, c, at))
        here += size_of(c)
    return Value(tuple(parts), conj(*(p.defined for p in parts)))


def _stuck() -> Value:
    raise NotUnderstood("a getter returns something of a length that is not fixed")


def _constant(data: ByteVec, at: int) -> int | None:
    if len(data) < at + 32:
        return None
    bits = simplify(v.as_bits(data.slice(at, at + 32)))
    return int(bits.as_long()) if is_bv_value(bits) else None


def size_of(t: Type) -> int:
    """Return the bytes that a type takes in the head of an encoding."""
    if t.is_dynamic:
        return 32
    if t.kind == "struct":
        return sum(size_of(c) for _, c in t.components)
    if t.kind == "array":
        return size_of(t.components[0][1]) * int(t.name[t.name.rindex("[") + 1 : -1])
    return 32


def from_word(bits: BitVecRef, t: Type) -> Value:
    """Return the value that a machine word encodes; undefined where it is out of the type's range."""
    bits = simplify(bits)
    if t.kind == "fixed_bytes":
        value = simplify(Extract(255, 256 - t.bits, bits))
        clean = v.TRUE if t.bits == 256 else simplify(Extract(255 - t.bits, 0, bits) == 0)
        return Value(value, clean)
    width = {"bool": 1, "enum": 8, "address": 160}.get(t.kind, t.bits)
    low = simplify(Extract(width - 1, 0, bits))
    back = SignExt(256 - width, low) if t.kind == "int" else ZeroExt(256 - width, low)
    clean = v.TRUE if width == 256 else simplify(bits == back)
    if t.kind == "bool":
        return Value(simplify(low == 1), clean)
    if t.kind == "address":
        return Value(low, clean)
    if t.kind == "enum":
        return Value(v.integer(low), conj(clean, simplify(ULT(low, BitVecVal(len(t.members), 8))) if len(t.members) < 256 else v.TRUE))
    return Value(v.integer(low, t.kind == "int"), clean)


def any_keys(getter: Function) -> list[tuple[Value, tuple[BoolRef, ...]]]:
    """Return a value for each key of a getter, the same ones each time, and the facts that bound it."""
    name = f"sw_key_{'there_' if getter.is_foreign else ''}{getter.selector}"
    return [fresh(f"{name}_{i}", p.type) for i, p in enumerate(getter.parameters)]


def fresh(name: str, t: Type, bytes_length: int = 32) -> tuple[Value, tuple[BoolRef, ...]]:
    """Return a fresh value of a type and the facts that bound it."""
    if t.kind in {"uint", "int"}:
        return Value(v.integer(BitVec(name, t.bits), t.kind == "int")), ()
    if t.kind == "bool":
        return Value(BitVec(name, 1) == 1), ()
    if t.kind == "enum":
        term = BitVec(name, 8)
        return Value(v.integer(term)), ((ULT(term, BitVecVal(len(t.members), 8)),) if len(t.members) < 256 else ())
    if t.kind == "address":
        return Value(BitVec(name, 160)), ()
    if t.kind == "fixed_bytes":
        return Value(BitVec(name, t.bits)), ()
    if t.kind in {"string", "bytes"}:
        return Value(ByteVec(BitVec(name, 8 * bytes_length)) if bytes_length else ByteVec()), ()
    if t.kind == "struct":
        made = [fresh(f"{name}.{n}", c, bytes_length) for n, c in t.components]
    else:
        count = (bytes_length + 31) // 32 if t.name.endswith("[]") else int(t.name[t.name.rindex("[") + 1 : -1])
        made = [fresh(f"{name}.{i}", t.components[0][1], bytes_length) for i in range(count)]
    return Value(tuple(x for x, _ in made)), tuple(fact for _, facts in made for fact in facts)
