"""What one engine said of one obligation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as Choice

from verifier.counterexample import Counterexample

EngineId = Choice["static", "fuzz", "symbolic", "horn"]

#: holds: for every case that the engine covers (see `strength`); violated: a counterexample is attached (`replayed` or not); vacuous:
#: the premise cannot be met;
#: unknown: the engine cannot say, `reason` says why; failed: the engine crashed, timed out as a whole, or printed something that we do
#: not understand; conflict: two solvers of the engine contradict each other, and the evidence is kept.
Outcome = Choice["holds", "violated", "vacuous", "unknown", "failed", "conflict"]

#: proof: all states and inputs; bounded: all up to `bound`; test: the samples that were run; none: says nothing of the obligation by
#: itself.
Strength = Choice["proof", "bounded", "test", "none"]

#: How the reason of samples begins that nothing came through.
NOT_TESTED = "not tested: "
#: How the reason ends of what a re-entrancy guard breaks that the contract does not declare.
NO_LOCK = "the contract declares no lock"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a result speaks of; a stamp that does not match is stale. All digests are sha-256, hex."""

    specification: str
    artifact: str
    harness: str
    engine: str  # name and version
    options: str  # digest of the options


@dataclass(frozen=True, slots=True)
class Result:
    """One engine's answer for one obligation.

    `time_s` is wall time, seconds; shared work is divided among the obligations that shared it.
    """

    obligation: str
    engine: EngineId
    outcome: Outcome
    strength: Strength
    stamp: Stamp
    reason: str = ""
    bound: str = ""
    counterexample: Counterexample | None = None
    time_s: float = 0.0
    cached: bool = False

    @property
    def refutes(self) -> bool:
        """Whether calls from a deployment broke the obligation on the EVM."""
        return (
            self.outcome == "violated" and self.counterexample is not None and self.counterexample.replayed and self.counterexample.reached
        )
