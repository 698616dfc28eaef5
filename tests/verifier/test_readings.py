"""What clauses mean, read three times: by a reference over Python's integers, by the symbolic engine, and by the harness on the EVM.

Random formulas are stated so that the reference finds them true: `!e` where e is false, `!defined(e)` where it has no value. Each is an
invariant of a contract whose getters return constants, so the engine must prove it and no run may break it.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from eth_hash.auto import keccak

from specs.parse import parse
from toolchain.sources import import_sources
from verifier.engines import fuzz
from verifier.engines.job import Effort
from verifier.engines.symbolic import engine
from verifier.judge import Candidate, JudgeOptions, prepare

Content = int | bool | bytes
HEAD = "// SPDX-License-Identifier: MIT\npragma solidity ^0.8.24;\n"
TYPES = "    enum E { A, B, C }\n    struct S { uint8 n; bool k; E s; int256 v; bytes4 d; }\n"
POKE = "    /// @custom:modifies nothing\n    /// @custom:succeeds otherwise\n    function poke() external;\n"
MEMBERS = ("E.A", "E.B", "E.C")
UNSIGNED, SIGNED = ("uint8", "uint16", "uint256"), ("int8", "int256")
INTEGERS = (*UNSIGNED, *SIGNED)
BYTES = ("bytes1", "bytes4", "bytes20", "bytes32")
TEXTS = ("string", "bytes")
SEED = 10
LIMIT = 1 << 511  # what comes near 512 bits is left out, but for these
TOO_LARGE = (
    "!defined(w() * w() + w() * w())",
    "defined(w() * w() + wb() * wb())",
    "!defined((w() * wb() % (w() * w())) * w())",
    "(w() * wb() % (w() * wb() - 1)) == 1",
    "!defined(0 - w() * w() - w() * w())",
)

#: Getters without keys: type and value.
CONSTANTS: dict[str, tuple[str, Content]] = {
    "u8": ("uint8", 200), "u8b": ("uint8", 7), "u8z": ("uint8", 0), "u16": ("uint16", 65535), "u16b": ("uint16", 300),
    "w": ("uint256", 2**256 - 1), "wb": ("uint256", 10**18), "wz": ("uint256", 0), "i8": ("int8", -128), "i8b": ("int8", 127),
    "i8c": ("int8", -3), "i": ("int256", -(2**255)), "ib": ("int256", 12345), "ic": ("int256", -7), "t": ("bool", True),
    "f": ("bool", False),
    "a": ("address", 0xDEADBEEF00112233445566778899AABBCCDDEEFF), "az": ("address", 0), "ab": ("address", 7), "b1": ("bytes1", b"\xfe"),
    "b1z": ("bytes1", b"\0"), "b4": ("bytes4", b"\x12\x34\0\0"), "b4b": ("bytes4", b"\xff\xee\xdd\xcc"),
    "b20": ("bytes20", b"\x01" + bytes(18) + b"\x09"), "b32": ("bytes32", b"\xab" * 32), "b32b": ("bytes32", b"\x12\x34" + bytes(30)),
    "e": ("E", 0), "eb": ("E", 2), "s": ("string", b"hello"), "sz": ("string", b""), "sl": ("string", b"x" * 40), "y": ("bytes", b"\xfe"),
    "yb": ("bytes", b"\x12\x34\0\0"), "yl": ("bytes", bytes(range(33))),
}  # fmt: skip
STRUCT: dict[str, tuple[str, Content]] = {
    "n": ("uint8", 250),
    "k": ("bool", True),
    "s": ("E", 1),
    "v": ("int256", -5),
    "d": ("bytes4", b"abcd"),
}
MAPPED = {0: 5, 1: 2**256 - 1, 7: 9}  # m(k); it reverts at 3
INDEXED: dict[str, tuple[str, tuple[int, ...]]] = {"uint256": ("arr", (3, 2**256 - 1, 0)), "uint8": ("dyn", (200, 7))}


class Undefined(Exception):
    """Say that a formula has no value."""


class TooLarge(Exception):
    """Say that a formula is left out."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula of the language and the reference's reading of it; booleans are numbers, and so are members of enums."""

    type: str
    text: str
    read: Callable[[], Content]

    def number(self) -> int:
        value = self.read()
        assert isinstance(value, int)
        return value

    def content(self) -> bytes:
        value = self.read()
        assert isinstance(value, bytes)
        return value


def bits(t: str) -> int:
    return int("".join(c for c in t if c.isdigit()))


def limits_of(t: str) -> tuple[int, int]:
    return (0, (1 << bits(t)) - 1) if t.startswith("uint") else (-(1 << bits(t) - 1), (1 << bits(t) - 1) - 1)


def fitting(n: int, t: str) -> int:
    low, high = limits_of(t)
    if not low <= n <= high:
        raise Undefined
    return n


def below(n: int, limit: int) -> int:
    if not 0 <= n < limit:
        raise Undefined
    return n


def computed(op: str, x: int, y: int) -> int:
    if op in "/%":
        if y == 0:
            raise Undefined
        q = abs(x) // abs(y) * (1 if (x < 0) == (y < 0) else -1)
        return q if op == "/" else x - y * q
    z = x + y if op == "+" else x - y if op == "-" else x * y
    if abs(z) >= LIMIT:
        raise TooLarge
    return z


def combined(op: str, x: int, y: int) -> int:
    return x & y if op == "&" else x | y if op == "|" else x ^ y


def compared(op: str, x: Content, y: Content) -> bool:
    less = x < y  # type: ignore[operator]  # both are of one type
    return {"==": x == y, "!=": x != y, "<": less, "<=": less or x == y, ">": not less and x != y, ">=": not less}[op]


def padded(x: bytes, size: int) -> bytes:
    if any(x[size:]):
        raise Undefined
    return x[:size].ljust(size, b"\0")


def encoded(parts: list[tuple[str, Content]], packed: bool) -> bytes:
    head, tail = b"", b""
    for t, value in parts:
        if t in TEXTS:
            assert isinstance(value, bytes)
            head += value if packed else (32 * len(parts) + len(tail)).to_bytes(32, "big")
            tail += b"" if packed else len(value).to_bytes(32, "big") + value + bytes(-len(value) % 32)
        elif isinstance(value, bytes):
            head += value if packed else value.ljust(32, b"\0")
        else:
            size = {"bool": 1, "E": 1, "address": 20}.get(t) or bits(t) // 8
            n = fitting(value, t) if t in INTEGERS else int(value)
            head += (n % (1 << 8 * size)).to_bytes(size, "big") if packed else (n % (1 << 256)).to_bytes(32, "big")
    return head + tail


class Writer:
    """Write random formulas."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)

    def pick(self, *options: str) -> str:
        return self.rng.choice(options)

    def narrower(self, t: str) -> str:
        return self.pick(*(x for x in INTEGERS if x.startswith("u") == t.startswith("u") and bits(x) <= bits(t)))

    def formula(self, t: str, depth: int) -> Formula:
        if depth <= 0 or self.rng.random() < 0.12:
            return self.leaf(t)
        if t not in TEXTS and self.rng.random() < 0.12:
            c, x, y = self.formula("bool", depth - 1), self.formula(t, depth - 1), self.formula(t, depth - 1)
            return Formula(t, f"({c.text} ? {x.text} : {y.text})", lambda: x.read() if c.read() else y.read())
        if t in INTEGERS:
            return self.integer(t, depth - 1)
        if t in BYTES:
            return self.word(t, depth - 1)
        named = {"bool": self.truth, "address": self.address, "E": self.member, "bytes": self.data}
        return named[t](depth - 1) if t in named else self.leaf(t)

    def leaf(self, t: str) -> Formula:
        chance = self.rng.random()
        if t == "uint256" and chance < 0.3:
            k = self.formula("uint8", 0)

            def mapped() -> int:
                key = fitting(k.number(), "uint8")
                if key == 3:
                    raise Undefined
                return MAPPED.get(key, 0)

            return Formula(t, f"m({k.text})", mapped) if chance < 0.25 else Formula(t, "sum(m)", lambda: sum(MAPPED.values()))
        if t in INDEXED and 0.3 <= chance < 0.45:
            (name, values), i = INDEXED[t], self.formula(self.pick("uint8", "uint256"), 0)
            return Formula(t, f"{name}()[{i.text}]", lambda: values[below(i.number(), len(values))])
        if 0.45 <= chance < 0.55:
            for member, (own, value) in STRUCT.items():
                if own == t:
                    return Formula(t, f"st().{member}", lambda value=value: value)  # type: ignore[misc]  # mypy does not infer defaults of a lambda
        if t in INTEGERS and chance > 0.9:
            n, which = limits_of(t)[self.rng.random() < 0.5], "min"
            which = "max" if n > 0 else "min"
            return Formula(t, f"type({t}).{which}", lambda: n)
        if t in INTEGERS and chance > 0.8:
            n = self.rng.choice([0, 1, 2, 100, 127])
            return Formula(t, f"{t}({n})", lambda: n)
        if t in BYTES and chance > 0.8:
            x = bytes(self.rng.choice([0, 0, 0x12, 0xFF]) for _ in range(bits(t)))
            return Formula(t, f'{t}(hex"{x.hex()}")', lambda: x)
        name = self.pick(*(k for k, (own, _) in CONSTANTS.items() if own == t))
        return Formula(t, f"{name}()", lambda: CONSTANTS[name][1])

    def integer(self, t: str, depth: int) -> Formula:
        chance, x, y = self.rng.random(), self.formula(t, depth), self.formula(self.narrower(t), depth)
        if self.rng.random() < 0.1:
            y = self.number(t)
        if self.rng.random() < 0.1 and t in {"uint8", "uint256"}:
            return self.converted(t, depth)
        if chance < 0.45:
            op = self.pick("+", "-", "*", "/", "%")
            one, other = (self.leaf(t), self.leaf(y.type)) if op == "*" else (x, y)
            return Formula(t, f"({one.text} {op} {other.text})", lambda: computed(op, one.number(), other.number()))
        if chance < 0.55:
            op = self.pick("&", "|", "^")
            return Formula(t, f"({x.text} {op} {y.text})", lambda: combined(op, fitting(x.number(), t), fitting(y.number(), t)))
        if chance < 0.65:
            by = self.formula(self.pick("uint8", "uint256"), depth)
            left = self.rng.random() < 0.5

            def shifted() -> int:
                value, amount = fitting(x.number(), t), min(fitting(by.number(), "uint256"), 600)
                n = value << amount if left else value >> amount
                n %= 1 << bits(t)
                return n - (1 << bits(t)) if t in SIGNED and n >> bits(t) - 1 else n

            return Formula(t, f"({x.text} {'<<' if left else '>>'} {by.text})", shifted)
        if chance < 0.72:
            return Formula(
                t, f"(~{x.text})", lambda: ~fitting(x.number(), t) % (1 << bits(t)) if t in UNSIGNED else ~fitting(x.number(), t)
            )
        if chance < 0.8 and t in SIGNED:
            return Formula(t, f"(-{x.text})", lambda: -x.number())
        if chance < 0.86 and t in {"uint8", "uint256"}:
            b = self.formula(f"bytes{bits(t) // 8}", depth)
            return Formula(t, f"{t}({b.text})", lambda: int.from_bytes(b.content(), "big"))
        source = self.pick(*(s for s in INTEGERS if s[0] == t[0] or bits(s) == bits(t)))
        z = self.formula(source, depth)
        return Formula(t, f"{t}({z.text})", lambda: fitting(z.number(), t))

    def number(self, t: str) -> Formula:
        """Return a literal without a type of its own."""
        n = self.rng.choice([0, 1, 3, 77, 127, *([-1, -128] if t in SIGNED else [255, 128])])
        return Formula(t, f"({n})" if n < 0 else str(n), lambda: n)

    def converted(self, t: str, depth: int) -> Formula:
        """Return what is no integer as one."""
        if t == "uint8":
            e = self.formula("E", depth)
            return Formula(t, f"uint8({e.text})", e.read)
        by = self.formula("uint8", depth)
        if self.rng.random() < 0.5:
            return Formula(t, f"(1 << {by.text})", lambda: (1 << min(fitting(by.number(), "uint256"), 256)) % (1 << 256))
        a = self.formula("address", depth)
        return Formula(t, f"uint256(uint160({a.text}))", a.read)

    def word(self, t: str, depth: int) -> Formula:
        size, chance, x = bits(t), self.rng.random(), self.formula(t, depth)
        if self.rng.random() < 0.1:
            by, left = self.formula(self.pick("uint8", "uint256"), depth), self.rng.random() < 0.5

            def shifted() -> bytes:
                value, amount = int.from_bytes(x.content(), "big"), min(fitting(by.number(), "uint256"), 600)
                n = value << amount if left else value >> amount
                return (n % (1 << 8 * size)).to_bytes(size, "big")

            return Formula(t, f"({x.text} {'<<' if left else '>>'} {by.text})", shifted)
        if self.rng.random() < 0.2 and t == "bytes20":
            a = self.formula("address", depth)
            return Formula(t, f"bytes20({a.text})", lambda: a.number().to_bytes(20, "big"))
        if chance < 0.25 and t == "bytes32":
            data = self.formula("bytes", depth)
            return Formula(t, f"keccak256({data.text})", lambda: bytes(keccak(data.content())))
        if chance < 0.45:
            op, y = self.pick("&", "|", "^"), self.formula(self.pick(*(b for b in BYTES if bits(b) <= size)), depth)

            def both() -> bytes:
                a, b = (int.from_bytes(padded(v.content(), size), "big") for v in (x, y))
                return combined(op, a, b).to_bytes(size, "big")

            return Formula(t, f"({x.text} {op} {y.text})", both)
        if chance < 0.55:
            return Formula(t, f"(~{x.text})", lambda: bytes(255 - b for b in x.content()))
        if chance < 0.65 and t in {"bytes1", "bytes32"}:
            n = self.formula(f"uint{8 * size}", depth)
            return Formula(t, f"{t}({n.text})", lambda: fitting(n.number(), n.type).to_bytes(size, "big"))
        if chance < 0.75:
            data = self.formula("bytes", depth)

            def cut() -> bytes:
                if len(data.content()) > size:
                    raise Undefined
                return padded(data.content(), size)

            return Formula(t, f"{t}({data.text})", cut)
        source = self.formula(self.pick(*BYTES), depth)
        return Formula(t, f"{t}({source.text})", lambda: padded(source.content(), size))

    def address(self, depth: int) -> Formula:
        if self.rng.random() < 0.3:
            b = self.formula("bytes20", depth)
            return Formula("address", f"address({b.text})", lambda: int.from_bytes(b.content(), "big"))
        n = self.formula("uint256", depth)
        return Formula("address", f"address(uint160({n.text}))", lambda: below(n.number(), 1 << 160))

    def member(self, depth: int) -> Formula:
        n = self.formula("uint8", depth)
        return Formula("E", f"E({n.text})", lambda: below(n.number(), len(MEMBERS)))

    def data(self, depth: int) -> Formula:
        types = [self.pick(*INTEGERS, *BYTES, *TEXTS, "bool", "address", "E") for _ in range(self.rng.randrange(1, 4))]
        parts, packed = [self.formula(t, depth) for t in types], self.rng.random() < 0.5
        text = f"abi.encode{'Packed' if packed else ''}({', '.join(p.text for p in parts)})"
        return Formula("bytes", text, lambda: encoded([(p.type, p.read()) for p in parts], packed))

    def truth(self, depth: int) -> Formula:
        what = self.pick("compare", "compare", "bytes", "logic", "logic", "not", "defined", "same", "equal", "hash")
        if what == "compare" and self.rng.random() < 0.15:
            t, op = self.pick("address", "E"), self.pick("==", "!=", "<", "<=", ">", ">=")
            x, y = self.formula(t, depth), self.formula(t, depth)
            return Formula("bool", f"({x.text} {op} {y.text})", lambda: compared(op, x.number(), y.number()))
        if what == "equal" and self.rng.random() < 0.3:
            x, y, op = self.formula("bool", depth), self.formula("bool", depth), self.pick("==", "!=")
            return Formula("bool", f"({x.text} {op} {y.text})", lambda: compared(op, bool(x.read()), bool(y.read())))
        if what in {"compare", "bytes"}:
            t = self.pick(*(INTEGERS if what == "compare" else BYTES))
            x, y = self.formula(t, depth), self.formula(self.narrower(t) if what == "compare" else self.pick(*BYTES), depth)
            if what == "compare" and self.rng.random() < 0.2:
                y = self.number(t)
            op = self.pick("==", "!=", "<", "<=", ">", ">=")
            size = max(bits(x.type), bits(y.type)) if what == "bytes" else 0
            read = (lambda: compared(op, padded(x.content(), size), padded(y.content(), size))) if size else (
                lambda: compared(op, x.number(), y.number())
            )  # fmt: skip
            return Formula("bool", f"({x.text} {op} {y.text})", read)
        if what == "logic":
            x, y, op = self.formula("bool", depth), self.formula("bool", depth), self.pick("&&", "||", "==>", "<==>")
            decided = {"&&": lambda: x.read() and y.read(), "||": lambda: x.read() or y.read(), "==>": lambda: not x.read() or y.read()}
            return Formula("bool", f"({x.text} {op} {y.text})", decided.get(op, lambda: x.read() == y.read()))
        if what == "not":
            x = self.formula("bool", depth)
            return Formula("bool", f"(!{x.text})", lambda: not x.read())
        t = {"same": self.pick(*TEXTS), "equal": self.pick("address", "E", "bool"), "hash": "bytes32"}.get(what) or self.pick(
            *INTEGERS, "E", "bytes4"
        )
        x, y = self.formula(t, depth), self.formula(t, depth)
        if what == "defined":
            return Formula("bool", f"defined({x.text})", lambda: value_of(x) is not None)
        if what == "hash":
            found = value_of(x)
            wanted = found if isinstance(found, bytes) else bytes(32)
            return Formula("bool", f'({x.text} == bytes32(hex"{wanted.hex()}"))', lambda: x.read() == wanted)
        text = f"same({x.text}, {y.text})" if what == "same" else f"({x.text} == {y.text})"
        return Formula("bool", text, lambda: x.read() == y.read())


def value_of(x: Formula) -> Content | None:
    """Return what a formula is; None where it has no value."""
    try:
        return x.read()
    except Undefined:
        return None


def claims(seed: int, count: int) -> list[str]:
    """Return formulas that are true by the reference."""
    writer, out = Writer(seed), list[str]()
    while len(out) < count:
        x = writer.formula("bool", writer.rng.randrange(1, 5))
        try:
            value = value_of(x)
        except TooLarge:
            continue
        if len(x.text) < 400:
            out.append(f"!defined({x.text})" if value is None else x.text if value else f"!{x.text}")
    return out


def literal(t: str, value: Content) -> str:
    if t == "E":
        return MEMBERS[int(value)]
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, bytes):
        return f'{"" if t == "string" else t}({"" if t == "string" else "hex"}"{value.decode() if t == "string" else value.hex()}")'
    return f"address(uint160({value}))" if t == "address" else str(value) if value != -(2**255) else "type(int256).min"


def write(folder: Path, formulas: list[str]) -> None:
    """Write the interface with its invariants, and the contract of constants."""
    made = ", ".join(literal(t, v) for t, v in STRUCT.values())
    bodies = [(name, "", t + " memory" * (t in TEXTS), f"return {literal(t, v)};") for name, (t, v) in CONSTANTS.items()]
    bodies += [
        ("st", "", "S memory", f"return S({made});"),
        ("arr", "", "uint256[3] memory", "return [uint256(3), type(uint256).max, 0];"),
        ("dyn", "", "uint8[] memory", "uint8[] memory r = new uint8[](2); r[0] = 200; r[1] = 7; return r;"),
        ("m", "uint8 k", "uint256", f"if (k == 3) revert(); {' '.join(f'if (k == {k}) return {v};' for k, v in MAPPED.items())} return 0;"),
    ]
    rows = "".join(f"/// @custom:invariant c{i}: {x}\n" for i, x in enumerate(formulas))
    listed = ", ".join(f"m({k})" for k in MAPPED)
    heads = [f"    function {name}({keys}) external" for name, keys, _, _ in bodies]
    seen = "".join(f"{h} view returns ({t});\n" for h, (_, _, t, _) in zip(heads, bodies, strict=True))
    code = "".join(f"{h} pure returns ({t}) {{ {body} }}\n" for h, (_, _, t, body) in zip(heads, bodies, strict=True))
    (folder / "Box.spec.sol").write_text(
        f"{HEAD}/// @custom:deploy ()\n/// @custom:modifies {listed}\n{rows}interface Box {{\n{TYPES}{seen}{POKE}}}\n"
    )
    (folder / "Box.sol").write_text(f"{HEAD}contract Box {{\n{TYPES}{code}    function poke() external {{ }}\n}}\n")


def test_formulas_are_read_alike(tmp_path: Path) -> None:
    formulas = [*TOO_LARGE, *claims(SEED, 40)]
    write(tmp_path, formulas)
    specification = parse(tmp_path / "Box.spec.sol")
    options = JudgeOptions(effort=Effort(fuzz_runs=16))  # nothing is drawn: every run reads the same constants
    case = prepare(specification, Candidate(import_sources(tmp_path / "Box.sol", root=tmp_path), "Box"), options)
    asked = {f"{where}.c{i}": x for where in ("constructor", "poke") for i, x in enumerate(formulas)}
    proved = {r.obligation: r for r in engine.discharge(case).results}
    assert [(x, proved[id].outcome, proved[id].reason) for id, x in asked.items() if proved[id].outcome != "holds"] == []
    ran = {r.obligation: r for r in fuzz.discharge(case.job)}
    assert [(x, ran[id].outcome, ran[id].reason) for id, x in asked.items() if ran[id].outcome != "holds"] == []
