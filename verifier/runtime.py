"""A contract's code as compiled, and where a deployment writes its immutables into it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from toolchain.solc import Compilation, Contract
from verifier.reach import walk

JUMPDEST, PUSH1, PUSH32 = 0x5B, 0x60, 0x7F
TRANSIENT = frozenset({0x5C, 0x5D})  # TLOAD, TSTORE


@dataclass(frozen=True, slots=True)
class Immutable:
    """One place of an immutable variable; `variable` is its source, contract and name. Bytes."""

    variable: str
    start: int
    length: int


@dataclass(frozen=True, slots=True)
class Runtime:
    """`code` is hex, zero where immutables go; `immutables` are in the order of the code."""

    code: str
    immutables: tuple[Immutable, ...]


def runtime_of(compilation: Compilation, contract: Contract) -> Runtime:
    """Return a contract's runtime code with the places of its immutables."""
    names = {
        str(variable["id"]): f"{path}:{owner['name']}.{variable['name']}"
        for path, ast in compilation.asts.items()
        for owner in walk(ast)
        if owner["nodeType"] == "ContractDefinition"
        for variable in owner["nodes"]
        if variable["nodeType"] == "VariableDeclaration"
    }
    places = [Immutable(names[id], int(p["start"]), int(p["length"])) for id, found in contract.immutable_references.items() for p in found]
    return Runtime(contract.runtime, tuple(sorted(places, key=lambda p: p.start)))


def uses(runtime: str, opcodes: frozenset[int]) -> bool:
    """Tell whether a code (hex) has any of some instructions."""
    return any(opcode in opcodes for _, opcode, _ in sweep(bytes.fromhex(runtime.removeprefix("0x"))))


def sweep(code: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield offset, opcode and bytes of operand of every instruction, read from the start as the EVM looks for jump destinations."""
    pc = 0
    while pc < len(code):
        size = code[pc] - PUSH1 + 1 if PUSH1 <= code[pc] <= PUSH32 else 0
        yield pc, code[pc], size
        pc += 1 + size
