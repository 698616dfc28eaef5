"""The compiled models of the contracts beside the judged one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from graphlib import TopologicalSorter

from specs.environment import IMPORTED, model_of
from specs.general import no_behaviour
from specs.specification import Environment, Function
from toolchain.solc import Compilation, Contract, compile_sources
from verifier.reach import Node, walk

HEADER = re.compile(r"^(// SPDX.*|pragma .*|import .*)\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Move:
    """What others may do there between calls: a function of the world, its selector, and the types of its parameters."""

    signature: str
    selector: str
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands at the environment's address: the model's runtime code, and the code of all that others may do to it (hex).

    `selectors` are those that the model has (`views` those of its views): what it does when it is asked for anything else is not known.
    `moves` are the functions of the world that change state; `open` are the slots of mappings from numbers to words that no code writes:
    what the model leaves open.
    `source` is the world's text without imports, and `contract` its name there. `arguments` are the types that each selector takes: what
    the model does with other data is not known. `counter` is the slot of the number that says where in `open` is read next, None where
    nothing is open. A refusal with the data `no_behaviour` (hex; "" where there is none) says that the model never does what it did there.
    `entries` are the functions by which others change what is there; None where any call up to a length stands for them.
    """

    code: str
    world: str
    selectors: frozenset[str]
    moves: tuple[Move, ...]
    open: tuple[int, ...]
    source: str
    contract: str
    arguments: tuple[tuple[str, tuple[str, ...]], ...] = ()
    views: frozenset[str] = frozenset()
    counter: int | None = None
    no_behaviour: str = ""
    entries: tuple[Entry, ...] | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A function of a model that changes what is there: the obligation that it can be called, its selector, the bytes of its arguments."""

    obligation: str
    selector: str
    size: int


def surroundings_of(environment: Environment | None) -> Surroundings | None:
    """Return the compiled model of an environment."""
    if environment is None:
        return None
    compiled = _compiled(environment.model, tuple(sorted(model_of(environment).sources().items())))
    if environment.written is None:
        return compiled
    entries = environment.written.specification.entries
    made = tuple(Entry(can_be_called(environment, fn), fn.selector, 32 * len(fn.parameters)) for fn in entries)
    return replace(compiled, no_behaviour=no_behaviour(), entries=made)


def can_be_called(environment: Environment, fn: Function) -> str:
    """Return the id of the obligation that a function of a user's model has a behaviour: else nothing would be asked of what it changes."""
    return f"{environment.id}.{fn.title}.reachable"


@cache
def _compiled(model: str, sources: tuple[tuple[str, str], ...]) -> Surroundings:
    compilation = compile_sources(dict(sources))
    own, world = compilation.contract(model), compilation.contract(f"{model}World")
    drawn = _drawn(compilation, world)
    assert len({*drawn.values()}) <= 1, "a model reads what it leaves open at one number that moves on"
    return Surroundings(
        own.runtime,
        world.runtime,
        frozenset(own.method_identifiers.values()),
        tuple(_moves(world)),
        tuple(drawn),
        _joined(dict(sources)),
        world.name,
        tuple(sorted((selector, _types(signature)) for signature, selector in own.method_identifiers.items())),
        frozenset(own.method_identifiers.values()) - {m.selector for m in _moves(own)},
        next(iter(drawn.values()), None),
    )


def _types(signature: str) -> tuple[str, ...]:
    return tuple(t for t in signature[signature.index("(") + 1 : -1].split(",") if t)


def _moves(world: Contract) -> Iterator[Move]:
    for e in world.abi:
        if e["type"] == "function" and e["stateMutability"] not in {"view", "pure"}:
            types = tuple(str(i["type"]) for i in e["inputs"])
            signature = f"{e['name']}({','.join(types)})"
            if signature in world.method_identifiers:  # not where it takes structs
                yield Move(signature, world.method_identifiers[signature], types)


def _drawn(compilation: Compilation, contract: Contract) -> Mapping[int, int]:
    """Return the slots of the mappings that code reads at a number that moves on (`left[next++]`) and does nothing else with, each with the
    slot of that number."""
    layout = contract.storage_layout
    slots = {entry["astId"]: int(entry["slot"]) for entry in layout["storage"]}
    nodes = [n for ast in compilation.asts.values() for n in walk(ast)]
    indices = {id(n["baseExpression"]): n["indexExpression"] for n in nodes if n["nodeType"] == "IndexAccess"}
    changed = [n.get("leftHandSide") or n["subExpression"] for n in nodes if _changes(n)]
    written = {_reference(m) for target in changed for m in walk(target)}
    found: dict[int, int] = {}
    for entry in layout["storage"]:
        kind = layout["types"][entry["type"]]
        numbered = kind["encoding"] == "mapping" and kind["key"] == "t_uint256" and layout["types"][kind["value"]]["encoding"] == "inplace"
        counters = {_counter(indices.get(id(n))) for n in nodes if _reference(n) == entry["astId"]}
        if numbered and entry["astId"] not in written and counters and None not in counters:
            found |= {int(entry["slot"]): slots[c] for c in counters if c is not None}
    return found


def _counter(index: Node | None) -> int | None:
    """Return the variable of `next++`, None for any other index."""
    is_moved = index is not None and index["nodeType"] == "UnaryOperation" and index["operator"] == "++"
    return _reference(index["subExpression"]) if index is not None and is_moved else None


def _changes(n: Node) -> bool:
    return n["nodeType"] == "Assignment" or (n["nodeType"] == "UnaryOperation" and n["operator"] in {"++", "--", "delete"})


def _reference(n: Node) -> int | None:
    return n.get("referencedDeclaration") if n["nodeType"] == "Identifier" else None


def _joined(sources: Mapping[str, str]) -> str:
    """Return sources as one text without imports: what is imported stands first."""
    order = TopologicalSorter({name: [n for n in _imported(text) if n in sources] for name, text in sources.items()}).static_order()
    return "\n\n".join(HEADER.sub("", sources[name]).strip() for name in order)


def _imported(text: str) -> list[str]:
    return IMPORTED.findall(text)
