"""Name words of storage as the source does, by solc's storage layout: `name = value`, mappings and arrays at their keys.

Source: Solidity documentation, layout of state variables in storage.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from toolchain.solc import Compilation, Contract

WORD = 32  # bytes


@dataclass(frozen=True, slots=True)
class Word:
    """One word of storage: the base slot, then for each mapping its key and what is added to its hash, for each array what is added."""

    slot: int
    keys: tuple[int, ...]
    value: int


@dataclass(frozen=True, slots=True)
class Layout:
    """solc's storage layout of a contract; `enums` has the members' names by the id in a type's name."""

    variables: tuple[Mapping[str, Any], ...]
    types: Mapping[str, Mapping[str, Any]]
    enums: Mapping[str, tuple[str, ...]]

    def named(self, word: Word) -> Iterator[tuple[str, str]]:
        """Yield what stands in a word: names and values; nothing where the layout has no such word."""
        for v in self.variables:
            at = word.slot - int(v["slot"])
            if 0 <= at < self._slots(v["type"]):
                yield from self._inside(v["type"], str(v["label"]), at, int(v["offset"]), word.keys, word.value)

    def _slots(self, name: str) -> int:
        return max(1, -(-int(self.types[name]["numberOfBytes"]) // WORD))

    def _inside(self, name: str, text: str, at: int, offset: int, keys: Sequence[int], value: int) -> Iterator[tuple[str, str]]:
        """Yield what a value of a type has in its word number `at`; it begins `offset` bytes into its first word."""
        t = self.types[name]
        match t["encoding"]:
            case "mapping" if len(keys) > 1:
                key = self._key(keys[0], t["key"])
                yield from self._inside(t["value"], f"{text}[{key}]", keys[1], 0, keys[2:], value)
            case "dynamic_array" if keys:
                yield from self._element(t["base"], text, keys[0], keys[1:], value)
            case "dynamic_array":
                yield f"{text}.length", str(value)
            case "bytes" if not keys:
                yield (f"{text}.length", str((value - 1) // 2)) if value % 2 else (text, _short(value))
            case "inplace" if "members" in t:
                for m in t["members"]:
                    here = at - int(m["slot"])
                    if 0 <= here < self._slots(m["type"]):
                        yield from self._inside(m["type"], f"{text}.{m['label']}", here, int(m["offset"]), keys, value)
            case "inplace" if "base" in t:
                yield from self._element(t["base"], text, at, keys, value)
            case "inplace" if not keys and at == 0:
                size = int(t["numberOfBytes"])
                yield text, self._shown(value >> 8 * offset & (1 << 8 * size) - 1, name)

    def _element(self, base: str, text: str, at: int, keys: Sequence[int], value: int) -> Iterator[tuple[str, str]]:
        """Yield the elements of an array that lie in its word number `at`; small ones share a word."""
        size = int(self.types[base]["numberOfBytes"])
        many = WORD // size if size <= WORD // 2 else 1
        index, rest = (at * many, 0) if many > 1 else divmod(at, self._slots(base))
        for i in range(many):
            yield from self._inside(base, f"{text}[{index + i}]", rest, i * size, keys, value)

    def _shown(self, value: int, name: str) -> str:
        """Return a value of a plain type as people read it, right-aligned as storage packs it."""
        t = self.types[name]
        size = int(t["numberOfBytes"])
        if t["label"] == "bool":
            return "true" if value else "false"
        if name.startswith(("t_address", "t_contract")):
            return f"0x{value:040x}"
        if name.startswith("t_enum"):
            members = self.enums.get(name.rpartition(")")[2], ())
            return members[value] if value < len(members) else str(value)
        if name.startswith("t_bytes"):
            return f"0x{value:0{2 * size}x}"
        negative = name.startswith("t_int") and value >> 8 * size - 1
        return str(value - (1 << 8 * size) if negative else value)

    def _key(self, value: int, name: str) -> str:
        """Return a mapping's key as people read it: a word, in which bytesN stand left; or the bytes of a string."""
        if name.startswith(("t_string", "t_bytes_")):
            return text_or_hex(value.to_bytes((value.bit_length() + 7) // 8, "big"))
        size = int(self.types[name]["numberOfBytes"])
        aligned = value >> 8 * (WORD - size) if name.startswith("t_bytes") else value & (1 << 8 * size) - 1
        return self._shown(aligned, name)


def _short(value: int) -> str:
    """Return a string or bytes that lie in the word of their length."""
    return text_or_hex(value.to_bytes(WORD, "big")[: min(31, (value & 0xFF) // 2)])


def text_or_hex(data: bytes) -> str:
    """Return bytes as a string literal where they are plain text."""
    text = data.decode("ascii", "replace")
    return f'"{text}"' if data.isascii() and text.isprintable() else f"0x{data.hex()}"


def layout_of(compilation: Compilation, contract: Contract, hidden: frozenset[str]) -> Layout:
    """Return the layout of a contract without the public variables that `hidden` names: their getters are shown."""
    enums: dict[str, tuple[str, ...]] = {}
    public: set[int] = set()
    for node in _declarations(compilation):
        if node["nodeType"] == "EnumDefinition":
            enums[str(node["id"])] = tuple(str(m["name"]) for m in node["members"])
        elif node["nodeType"] == "VariableDeclaration" and node.get("visibility") == "public":
            public.add(int(node["id"]))
    declared = contract.storage_layout.get("storage") or ()
    variables = tuple(v for v in declared if not (int(v["astId"]) in public and v["label"] in hidden))
    return Layout(variables, contract.storage_layout.get("types") or {}, enums)


def _declarations(compilation: Compilation) -> Iterator[Mapping[str, Any]]:
    """Yield what stands in files and in contracts, not deeper."""
    for ast in compilation.asts.values():
        for node in ast["nodes"]:
            yield node
            yield from node["nodes"] if node["nodeType"] == "ContractDefinition" else ()
