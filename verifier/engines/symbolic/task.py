"""What goes to the engine's process; nothing here imports halmos."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from specs.specification import Specification
from verifier.engines.job import Effort
from verifier.implementation import Implementation
from verifier.obligation import Ledger
from verifier.runtime import Runtime
from verifier.surroundings import Surroundings

#: Why nothing counts where two solvers contradict each other about a branch.
CONTESTED = "z3 left out a branch, and another solver finds a model of it"
UNDECIDED = "z3 left out a branch, and no other solver decides whether it may"


@dataclass(frozen=True, slots=True)
class Twin:
    """Another version of a contract, and what may not do the same in it: functions by title, and `constructor`. `creation` is hex."""

    creation: str
    runtime: Runtime
    functions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Task:
    """One artifact for the symbolic engine.

    `only`: obligations to decide (empty: all), in this order where something is `fatal`: obligations of which one violation is enough, so
    that nothing else is decided after it. `layout` is solc's storage layout.
    """

    specification: Specification
    ledger: Ledger
    implementation: Implementation
    creation: str
    runtime: Runtime
    layout: Any
    effort: Effort
    observes_returns: bool
    extra_views: tuple[str, ...]
    clean_values: bool  # the compiler alone writes storage: enums in it are in range
    only: tuple[str, ...] = ()
    fatal: tuple[str, ...] = ()
    surroundings: Surroundings | None = None
    search: tuple[str, ...] = ()  # look for calls that break these, instead of proofs
    twin: Twin | None = None  # compare with another version, instead of proofs
