"""Find the constants of a candidate's code and of a specification, so that what they are compared with is drawn."""

from __future__ import annotations

from collections.abc import Iterator

from specs import formula as f
from specs.parse import expressions_of_step
from specs.specification import Specification
from toolchain.solc import Contract
from verifier.harness.expressions import expressions_of
from verifier.harness.project import Candidate
from verifier.runtime import JUMPDEST, sweep
from verifier.undeclared import extra_views

MOST_WORDS = 48
MOST_ADDRESSES = 12
MOST_SELECTORS = 48
#: Offsets, masks and panic codes that every contract of solc has.
NOISE = frozenset(
    {
        0x20,
        0x24,
        0x40,
        0x44,
        0x60,
        0x64,
        0x80,
        0x84,
        0xA0,
        0xA4,
        0xC0,
        0xE0,
        0xFF,
        0x1F,
        0x3F,
        0x41,
        0x11,
        0x12,
        0x21,
        0x22,
        0x31,
        0x32,
        0x51,
        0x1C,
        0x4E487B71,
    }
)
CHEATCODES = 0x7109709ECFA91A80626FF3989D68F67F5B1DD12D


def pushes(code: bytes) -> Iterator[tuple[int, int]]:
    """Yield (width in bytes, value) of every PUSH whose value is no jump destination."""
    instructions = tuple(sweep(code))
    destinations = {pc for pc, opcode, _ in instructions if opcode == JUMPDEST}
    found = ((width, int.from_bytes(code[pc + 1 : pc + 1 + width], "big")) for pc, _, width in instructions if width)
    return ((w, v) for w, v in found if not (w <= 3 and v in destinations))


def candidate(specification: Specification, contract: Contract) -> Candidate:
    """Return what the engine is told of a contract."""
    known = {fn.selector for fn in specification.functions}
    extra = extra_views(specification, contract)
    code = without_metadata(bytes.fromhex(contract.runtime))
    values = dict.fromkeys((w, v) for w, v in pushes(code))
    numbers = [v for w, v in values if v > 3 and v not in NOISE and not _is_mask(v) and w != 4 and v < 1 << 224]
    words = [x for x in dict.fromkeys([*_literals(specification), *numbers]) if 3 < x < 1 << 256]
    addresses = [v for w, v in values if 0xFF < v < 1 << 160 and v not in NOISE and not _is_mask(v) and v != CHEATCODES and w != 4]
    selectors = [f"{v:08x}" for w, v in values if w == 4 and f"{v:08x}" not in known]
    return Candidate(
        creation=bytes.fromhex(contract.creation),
        words=tuple(_widest_spread(words, MOST_WORDS)),
        addresses=tuple(f"0x{a:040x}" for a in sorted(addresses, reverse=True)[:MOST_ADDRESSES]),
        selectors=tuple(dict.fromkeys([s for s in selectors if s not in extra]))[:MOST_SELECTORS],
        views=extra,
    )


def addresses_tool(contract: Contract) -> bool:
    """Tell whether the code names the address of the test tool, which only code that behaves otherwise under test would do."""
    return any(v == CHEATCODES for _, v in pushes(bytes.fromhex(contract.runtime))) or b"hevm cheat code" in bytes.fromhex(
        contract.creation
    )


def without_metadata(code: bytes) -> bytes:
    """Return the code without what solc writes behind it. Source: Solidity documentation, contract metadata."""
    size = int.from_bytes(code[-2:], "big") + 2
    return code[:-size] if size < len(code) and b"solc" in code[-size:] else code


def _is_mask(v: int) -> bool:
    return v & (v + 1) == 0 and v > 0xFF or v == (1 << 256) - 1 - ((1 << 224) - 1)


def _literals(specification: Specification) -> Iterator[int]:
    clauses = [*specification.clauses, *specification.constructor.clauses, *(c for fn in specification.functions for c in fn.clauses)]
    expressions = [e for c in clauses for e in expressions_of(c)]
    expressions += [e for r in specification.rules for step in r.steps for e in expressions_of_step(step)]
    for e in expressions:
        for x in f.walk(e):
            if isinstance(x, f.Literal) and isinstance(x.value, int) and not isinstance(x.value, bool):
                yield abs(x.value)


def _widest_spread(words: list[int], most: int) -> list[int]:
    """Keep at most so many, those that look chosen first: not the tiny ones."""
    ranked = sorted(words, key=lambda v: (v.bit_length() <= 8, words.index(v)))
    return ranked[:most]
