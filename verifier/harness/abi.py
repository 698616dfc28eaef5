"""Encode and decode values by the contract ABI.

Values: int for integers, bool, `0x…` text for addresses, bytes for bytesN (all N bytes) and bytes, str for string, tuples for structs
and arrays. Source: Solidity documentation, contract ABI specification.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


class NotEncoded(ValueError):
    """Report data that is no encoding of the types."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Hold one parsed type: `kind` is `word`, `bytes`, `tuple` or `array`; `length` is None for dynamic arrays; `size`: of its head."""

    kind: str
    name: str
    parts: tuple[Shape, ...] = ()
    length: int | None = 0

    @property
    def dynamic(self) -> bool:
        if self.kind == "array":
            return self.length is None or self.parts[0].dynamic
        return self.kind == "bytes" or any(p.dynamic for p in self.parts)

    @property
    def size(self) -> int:
        if self.dynamic or self.kind == "word":
            return 32
        if self.kind == "array":
            return (self.length or 0) * self.parts[0].size
        return sum(p.size for p in self.parts)


@functools.cache
def shape(text: str) -> Shape:
    """Parse a canonical type: `uint256`, `(address,bytes)[]`."""
    if text.endswith("]"):
        inner, _, count = text[:-1].rpartition("[")
        return Shape("array", text, (shape(inner),), int(count) if count else None)
    if text.startswith("("):
        return Shape("tuple", text, tuple(shape(t) for t in split(text[1:-1])))
    return Shape("bytes" if text in {"bytes", "string"} else "word", text)


def split(text: str) -> list[str]:
    """Split a list of types at its outermost commas."""
    out, depth, start = [], 0, 0
    for i, c in enumerate(text):
        depth += (c == "(") - (c == ")")
        if c == "," and depth == 0:
            out.append(text[start:i])
            start = i + 1
    return [*out, text[start:]] if text else []


def encode(types: Sequence[str], values: Sequence[Any]) -> bytes:
    """Encode values one after the other, as arguments are."""
    return _encode_parts([shape(t) for t in types], values)


def _encode_parts(shapes: Sequence[Shape], values: Sequence[Any]) -> bytes:
    if len(shapes) != len(values):
        raise NotEncoded(f"{len(values)} values for {len(shapes)} types")
    heads, tails = [], []
    offset = sum(s.size for s in shapes)
    for s, v in zip(shapes, values, strict=True):
        body = _encode(s, v)
        if s.dynamic:
            heads.append(offset.to_bytes(32, "big"))
            tails.append(body)
            offset += len(body)
        else:
            heads.append(body)
    return b"".join(heads) + b"".join(tails)


def _encode(s: Shape, v: Any) -> bytes:
    if s.kind == "bytes":
        data = v.encode("utf-8", "surrogateescape") if isinstance(v, str) else bytes(v)
        return len(data).to_bytes(32, "big") + data + bytes(-len(data) % 32)
    if s.kind == "tuple":
        return _encode_parts(s.parts, v)
    if s.kind == "array":
        body = _encode_parts(s.parts * len(v), v)
        return len(v).to_bytes(32, "big") + body if s.length is None else body
    if s.name == "address":
        return int(v, 16).to_bytes(32, "big")
    if isinstance(v, bytes):
        return v.ljust(32, b"\0")
    return (int(v) % (1 << 256)).to_bytes(32, "big")


def decode(types: Sequence[str], data: bytes) -> tuple[Any, ...]:
    """Decode arguments.

    Raises: NotEncoded.
    """
    return _decode_parts([shape(t) for t in types], data, 0)


def _decode_parts(shapes: Sequence[Shape], data: bytes, base: int) -> tuple[Any, ...]:
    out, at = [], base
    for s in shapes:
        out.append(_decode(s, data, base + _number(data, at) if s.dynamic else at))
        at += s.size
    return tuple(out)


def _number(data: bytes, at: int) -> int:
    if at + 32 > len(data):
        raise NotEncoded(f"{len(data)} bytes end before {at + 32}")
    return int.from_bytes(data[at : at + 32], "big")


def _decode(s: Shape, data: bytes, at: int) -> Any:
    if s.kind == "tuple":
        return _decode_parts(s.parts, data, at)
    if s.kind == "array":
        length = s.length
        if length is None:
            length, at = _number(data, at), at + 32
            if length * min(32, s.parts[0].size or 32) > len(data):
                raise NotEncoded(f"an array of {length} in {len(data)} bytes")
        return _decode_parts(s.parts * length, data, at)
    word = _number(data, at)
    if s.kind == "bytes":
        if at + 32 + word > len(data):
            raise NotEncoded(f"{word} bytes in {len(data)}")
        raw = data[at + 32 : at + 32 + word]
        return raw.decode("utf-8", "replace") if s.name == "string" else raw
    if s.name == "address":
        return f"0x{word % (1 << 160):040x}"
    if s.name == "bool":
        return word != 0
    if s.name.startswith("bytes"):
        return word.to_bytes(32, "big")[: int(s.name[5:])]
    return word - (1 << 256) if s.name.startswith("int") and word >> 255 else word
