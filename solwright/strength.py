"""Measure the strength of a specification for a front end, and say what was found: to people, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from solwright.report.strength import counted, killers, rates, strength_json, survivors
from solwright.settings import Settings
from solwright.terminal import Line, Terminal
from solwright.verification import judge_options, judged, read_specification, warn_if_bare
from specs.compare import Difference
from toolchain.sources import import_sources
from verifier.judge import Candidate, Judgement, judge
from verifier.mutants.found import Strength
from verifier.sides import Sides, sides, with_sides
from verifier.strength import StrengthOptions, measure

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class Measuring:
    """What is to be measured; `contract` names one of the file's (None: the interface's name), `fresh`: no earlier result counts."""

    specification: Path
    source: Path
    contract: str | None
    settings: Settings
    options: StrengthOptions
    fresh: bool = False


def measured(measuring: Measuring, terminal: Terminal) -> tuple[Judgement, Strength]:
    """Judge the contract, then its mutants.

    Raises: SourceError where it is not verified, or has nothing to change; ToolError where a tool is missing.
    """
    options = judge_options(measuring.settings, fresh=measuring.fresh)
    specification = read_specification(measuring.specification, terminal, options.cache)
    terminal.tell(f"reading {measuring.source}")
    candidate = Candidate(import_sources(measuring.source), specification.name if measuring.contract is None else measuring.contract)
    warn_if_bare(terminal)
    judgement = judged(lambda tell: judge(specification, candidate, options, tell), terminal)
    return judgement, judged(lambda tell: measure(judgement, candidate, measuring.options, options, tell), terminal)


def compared_by_mutants(
    found: Difference, versions: tuple[Path, Path], source: Path, contract: str | None, settings: Settings, terminal: Terminal
) -> tuple[Difference, Sides]:
    """Add to a difference what mutants show of both versions, which must both be verified for the contract. Raises: as `measured` does."""
    old, new = (measured(Measuring(file, source, contract, settings, StrengthOptions("0")), terminal)[1] for file in versions)
    changed = sides(old, new)
    return with_sides(found, changed), changed


def answer(measuring: Measuring, terminal: Terminal) -> int:
    """Measure; show what was found and return the exit code."""
    judgement, found = measured(measuring, terminal)
    least = measuring.settings.strength
    terminal.give(to_json(found, least) | {"specification": judgement.specification.digest, "artifact": judgement.ledger.artifact})
    terminal.show(render(found, least, f"{judgement.contract.name} ({measuring.source}) against {measuring.specification.name}"))
    return 0 if found.meets(least) else 1


def to_json(found: Strength, least: float) -> dict[str, Any]:
    """Return the object of `--json`."""
    return {"schemaVersion": SCHEMA_VERSION, **strength_json(found), "least": least, "meetsPolicy": found.meets(least)}


def render(found: Strength, least: float, title: str) -> Iterator[Line]:
    """Yield the account for people."""
    good = found.meets(least)
    yield Line(f"{'STRONG ENOUGH' if good else 'TOO WEAK'}  {title}", "good" if good else "bad")
    yield Line(f"{counted(found)} · {found.time_s:.1f} s", "weak")
    yield Line("")
    yield Line("killed", "head")
    yield from (Line(f"  {told}") for told in rates(found))
    yield Line(f"  by {', '.join(f'{k}: {n}' for k, n in killers(found))}", "weak")
    yield from survivors(found)
    yield Line("")
    yield Line(f"seed {found.seed} · the held-out rate must be at least {100 * least:g} %", "weak")
