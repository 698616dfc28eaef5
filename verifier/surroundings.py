"""The compiled models of the contracts beside the judged one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from specs.environment import model_of
from specs.general import NO_BEHAVIOUR
from specs.specification import Environment, Function
from toolchain.solc import compile_sources


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands at the environment's address: the model's runtime code, and the code of all that others may do to it (hex).

    `selectors` are those that the model has: what it does when it is asked for anything else is not known. A refusal with the data
    `no_behaviour` (hex; "" where there is none) says that the model never does what it did there. `entries` are the functions by which
    others change what is there; None where any call up to a length stands for them.
    """

    code: str
    world: str
    selectors: frozenset[str]
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
    return replace(compiled, no_behaviour=NO_BEHAVIOUR, entries=made)


def can_be_called(environment: Environment, fn: Function) -> str:
    """Return the id of the obligation that a function of a user's model has a behaviour: else nothing would be asked of what it changes."""
    return f"{environment.id}.{fn.title}.reachable"


@cache
def _compiled(model: str, sources: tuple[tuple[str, str], ...]) -> Surroundings:
    compilation = compile_sources(dict(sources))
    own, world = compilation.contract(model), compilation.contract(f"{model}World")
    return Surroundings(own.runtime, world.runtime, frozenset(own.method_identifiers.values()))
