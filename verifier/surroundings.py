"""The compiled models of the contracts beside the judged one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from specs.environment import MODELS
from specs.specification import Environment
from toolchain.solc import compile_sources


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands at the environment's address: the model's runtime code, and the code of all that others may do to it (hex).

    `selectors` are those that the model has: what it does when it is asked for anything else is not known.
    """

    code: str
    world: str
    selectors: frozenset[str]


def surroundings_of(environment: Environment | None) -> Surroundings | None:
    """Return the compiled model of an environment."""
    return _compiled(environment.model) if environment is not None else None


@cache
def _compiled(model: str) -> Surroundings:
    compilation = compile_sources(MODELS[model].sources())
    own, world = compilation.contract(model), compilation.contract(f"{model}World")
    return Surroundings(own.runtime, world.runtime, frozenset(own.method_identifiers.values()))
