"""Solidity that draws, encodes and decodes the arguments of each function, for the generated contract."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from specs.formula import Type
from specs.specification import Parameter
from verifier.harness.render import key_kind, lift, native, word

POOLED = frozenset({"uint", "int", "fixed_bytes", "string", "bytes"})


class Drawing:
    """Collect structs, arrays and functions as contexts ask for them.

    Context `c` has the arguments `A{c}`, read by `q{c}()`, and the results `R{c}`, read by `r{c}()`.
    """

    def __init__(self) -> None:
        self.structs: dict[str, Type] = {}
        self.arrays: dict[str, Type] = {}
        self.tuples: list[str] = []
        self.lines: list[str] = []

    def see(self, t: Type) -> None:
        """Note the structs and arrays of a type, so that they are declared."""
        for _, c in t.components:
            self.see(c)
        if t.kind == "struct":
            self.structs[t.name] = t
        if t.kind == "array":
            self.arrays[native(t)] = t

    def declarations(self) -> Iterator[str]:
        """Yield the struct declarations."""
        for t in self.structs.values():
            yield f"struct {native(t)} {{ {' '.join(f'{native(c)} m{i};' for i, (_, c) in enumerate(t.components))} }}"
        yield from self.tuples

    def functions(self) -> Iterator[str]:
        """Yield the functions."""
        for t in self.structs.values():
            fill = " ".join(f"x.m{i} = {self.value(c, False)};" for i, (_, c) in enumerate(t.components))
            yield f"    function d_{plain(native(t))}() internal returns ({native(t)} memory x) {{ {fill} }}"
        for name, t in self.arrays.items():
            make = f"x = new {name}(engine.next() % 4); " if name.endswith("[]") else ""
            item = self.value(t.components[0][1], False)
            each = f"for (uint256 i = 0; i < x.length; i++) x[i] = {item};"
            yield f"    function d_{plain(name)}() internal returns ({name} memory x) {{ {make}{each} }}"
        yield from self.lines

    def load(self, c: int, parameters: Sequence[Parameter], keys: Collection[str]) -> str:
        """Add the decoder of a context; return the part that reads the arguments (it reverts where they are malformed)."""
        if not parameters:
            return ""
        for p in parameters:
            self.see(p.type)
        dynamic = any(p.type.is_dynamic for p in parameters)
        self.tuples.append(f"struct A{c} {{ {' '.join(f'{native(p.type)} m{i};' for i, p in enumerate(parameters))} }}")
        source = "_wrapped(args_)" if dynamic else "args_"
        self.lines.append(f"    function q{c}() internal view returns (A{c} memory) {{ return abi.decode({source}, (A{c})); }}")
        encoded = "_tail(abi.encode(a))" if dynamic else "abi.encode(a)"
        self.lines.append(f"    function e{c}(A{c} memory a) internal pure returns (bytes memory) {{ return {encoded}; }}")
        met = meet([(p.name, f"a.m{i}", p.type) for i, p in enumerate(parameters)], keys)
        self.lines.append(f"    function load{c}() external own {{ A{c} memory a = q{c}(); a; {' '.join(met)} }}")
        return f"load{c}"

    def meet_results(self, c: int, returns: Sequence[Parameter], names: Sequence[str], keys: Collection[str]) -> str:
        """Add the decoder of a context's results; return the part that makes those known that stand as keys."""
        if not returns:
            return ""
        for p in returns:
            self.see(p.type)
        self.tuples.append(f"struct R{c} {{ {' '.join(f'{native(p.type)} m{i};' for i, p in enumerate(returns))} }}")
        source = "_wrapped(results_)" if any(p.type.is_dynamic for p in returns) else "results_"
        self.lines.append(f"    function r{c}() internal view returns (R{c} memory) {{ return abi.decode({source}, (R{c})); }}")
        met = meet([(name, f"r.m{i}", p.type) for i, (name, p) in enumerate(zip(names, returns, strict=True)) if name], keys)
        if not met:
            return ""
        self.lines.append(f"    function meet{c}() external own {{ R{c} memory r = r{c}(); r; {' '.join(met)} }}")
        return f"meet{c}"

    def draw(self, c: int, parameters: Sequence[Parameter], keys: Collection[str], small: Collection[str] = (), bits: int = 256) -> str:
        """Add and return the part that draws the arguments of a context; those that are `small` are mostly below so many bits."""
        if not parameters:
            return ""
        fill = " ".join(
            f"a.m{i} = {self.small(p.type, bits) if p.name in small else self.value(p.type, p.name in keys)};"
            for i, p in enumerate(parameters)
        )
        self.lines.append(f"    function draw{c}() external own {{ A{c} memory a; {fill} args_ = e{c}(a); }}")
        return f"draw{c}"

    def value(self, t: Type, keyed: bool) -> str:
        """Return Solidity that draws a value of a type; keys are mostly known ones."""
        any_ = {
            "uint": f"{t.name}(engine.someNumber({t.bits}))",
            "int": f"{t.name}({'u' + t.name}(engine.someNumber({t.bits})))",
            "bool": "(engine.next() % 2 == 0)",
            "address": "engine.someAddress()",
            "enum": f"uint8(engine.next() % {len(t.members) or 1})",
            "fixed_bytes": f"{t.name}(engine.someBytes32())",
            "string": "engine.someBytes()",
            "bytes": "engine.someBytes()",
        }.get(t.kind, f"d_{plain(native(t))}()")
        if keyed and t.kind in {"uint", "int", "fixed_bytes"}:
            known = self.from_word(f"uint256(engine.someKey({key_kind(t)}))", t)
            return f"(engine.next() % 4 < 3 ? {known} : {any_})"
        return any_

    def small(self, t: Type, bits: int) -> str:
        """Return Solidity that draws a number mostly below so many bits."""
        if t.kind != "uint" or t.bits <= bits:
            return self.value(t, False)
        return f"{t.name}(engine.someNumber(engine.next() % 8 == 0 ? {t.bits} : {bits}))"

    def from_word(self, value: str, t: Type) -> str:
        """Return Solidity that cuts a uint256 down to a value of a type."""
        match t.kind:
            case "uint":
                return f"{t.name}({value} & {(1 << t.bits) - 1:#x})"
            case "int":
                return f"{t.name}(u{t.name}({value} & {(1 << t.bits) - 1:#x}))"
            case "address":
                return f"address(uint160({value}))"
            case _:
                return f"{t.name}(bytes32({value}))"


def meet(values: Sequence[tuple[str, str, Type]], keys: Collection[str]) -> list[str]:
    """Return statements that make values known as keys: addresses, and what stands as a key in a clause."""
    lines = []
    for name, access, t in values:
        if t.kind == "address" or (name in keys and t.kind in POOLED):
            value = word(lift(access, t), t)
            lines.append(f"{value};" if t.kind in {"string", "bytes"} else f"engine.meet({key_kind(t)}, {value});")
    return lines


def plain(name: str) -> str:
    """Return a type's name as part of an identifier."""
    return name.replace("[", "_").replace("]", "_")
