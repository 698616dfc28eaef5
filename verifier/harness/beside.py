"""Tell the engine of the contract beside the judged one: its model, what others may do there, and which argument names it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from eth_hash.auto import keccak

from specs import formula as f
from specs import specification as s
from verifier.harness.parts import Parts
from verifier.harness.tables import Beside
from verifier.surroundings import Move, surroundings_of

#: Kinds of parameters as the engine draws them (Provide.sol), by how their types begin.
KINDS = {"address": 0, "uint": 1, "int": 2, "bytes": 3, "bool": 4}
SIMPLE = re.compile(r"(address|uint|int|bytes|bool)(\d*)$")


def beside(parts: Parts) -> Beside:
    """Return the table of the environment."""
    environment = parts.spec.environment
    found = surroundings_of(environment)
    assert environment is not None and found is not None
    number, _ = parts.renderer(0, False).getter(environment.getter)
    moves = tuple((m.selector, tuple(_drawn(m))) for m in found.moves if all(_is_drawn(t) for t in m.types))
    never = keccak(bytes.fromhex(found.no_behaviour)) if found.no_behaviour else bytes(32)
    return Beside(number, _named(parts, environment), found.world, tuple(sorted(found.selectors)), moves, found.open, never)


def _named(parts: Parts, environment: s.Environment) -> str:
    """Return the part that evaluates the parameter which the environment's getter is promised to give after deployment."""
    initially = (c for c in parts.spec.constructor.clauses if isinstance(c, s.Initially))
    for e in (e for c in initially for e in f.chain(c.formula, "&&")):
        if isinstance(e, f.Binary) and e.operator == "==":
            for getter, given in ((e.left, e.right), (e.right, e.left)):
                plain = isinstance(given, f.Variable) and given.role == "deploy"
                if plain and isinstance(getter, f.Read) and getter.getter == environment.getter:
                    return parts.part(parts.renderer(0, False).value(given), "address")
    return ""


def _is_drawn(t: str) -> bool:
    return SIMPLE.match(t) is not None and t != "bytes"


def _drawn(m: Move) -> Iterator[int]:
    """Yield the kind of each parameter times 512, and its size in bits."""
    for t in m.types:
        found = SIMPLE.match(t)
        assert found is not None, "other functions are not offered"
        number = int(found[2] or 0)
        yield KINDS[found[1]] * 512 + (8 * number if found[1] == "bytes" else number or 256)
