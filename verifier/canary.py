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
    """A known-false or known-true obligation that went through an engine's whole pipeline."""

    engine: str
    name: str
    expected: str
    found: str


def canaries(engine: EngineId, found: Mapping[str, str]) -> tuple[Canary, ...]:
    """Return an engine's canaries by what came of each, under its name; one that nothing came of is missing."""
    return tuple(Canary(engine, name, expected, found.get(name, "missing")) for name, expected in EXPECTED[engine].items())
