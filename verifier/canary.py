"""Canaries: what each engine is asked in every run besides the obligations, through the same pipeline, and what it must answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from verifier.result import EngineId

BAD = "known-bad contract"
FALSE, TRUE = "known to be false", "known to be true"
FUZZED_FALSE, FUZZED_TRUE = "canary:false", "canary:true"

EXPECTED: Mapping[EngineId, Mapping[str, str]] = {
    "static": {BAD: "found"},
    "fuzz": {FUZZED_FALSE: "violated", FUZZED_TRUE: "holds"},
    "symbolic": {FALSE: "violated", TRUE: "holds"},
    "horn": {FALSE: "refuted", TRUE: "proved"},
}


@dataclass(frozen=True, slots=True)
class Canary:
    """A known-false or known-true obligation that went through an engine's whole pipeline; `reason`: why it was missed, if known."""

    engine: str
    name: str
    expected: str
    found: str
    reason: str = ""

    @property
    def intact(self) -> bool:
        return self.expected == self.found

    def tell(self) -> str:
        """Return what was expected of it and what was found, and why where that is known."""
        return f"{self.engine}/{self.name}: expected {self.expected}, found {self.found}" + (f": {self.reason}" if self.reason else "")


def canaries(engine: EngineId, found: Mapping[str, str], failed: str = "") -> tuple[Canary, ...]:
    """Return an engine's canaries by what came of each, under its name; one that nothing came of is missing.

    `failed`: why the engine as a whole gave no answer.
    """
    answers = ((name, expected, found.get(name, "missing")) for name, expected in EXPECTED[engine].items())
    return tuple(Canary(engine, name, expected, answer, "" if answer == expected else failed) for name, expected, answer in answers)
