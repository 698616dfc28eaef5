"""Measure the strength of a specification for a front end, and say what was found: to people, and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codegen.text import safe_text
from solwright.settings import Settings
from solwright.terminal import Line, Terminal
from solwright.verification import judge_options, judged, read_specification, warn_if_bare
from toolchain.sources import import_sources
from verifier.judge import Candidate, judge
from verifier.strength import Judged, Part, Strength, StrengthOptions, measure

SCHEMA_VERSION = 1
PARTS: tuple[Part, ...] = ("feedback", "held-out")
MOST_LINES = 12


@dataclass(frozen=True, slots=True)
class Measuring:
    """What is to be measured; `contract` names one of the file's (None: the interface's name), `fresh`: no earlier result counts."""

    specification: Path
    source: Path
    contract: str | None
    settings: Settings
    options: StrengthOptions
    fresh: bool = False


def answer(measuring: Measuring, terminal: Terminal) -> int:
    """Judge the contract, then its mutants; show what was found and return the exit code."""
    options = judge_options(measuring.settings, fresh=measuring.fresh)
    specification = read_specification(measuring.specification, terminal, options.cache)
    terminal.tell(f"reading {measuring.source}")
    candidate = Candidate(import_sources(measuring.source), measuring.contract or specification.name)
    warn_if_bare(terminal)
    judgement = judged(lambda tell: judge(specification, candidate, options, tell), terminal)
    found = judged(lambda tell: measure(judgement, candidate, measuring.options, options, tell), terminal)
    least = measuring.settings.strength
    terminal.give(to_json(found, least) | {"specification": specification.digest, "artifact": judgement.ledger.artifact})
    terminal.show(render(found, least, f"{candidate.contract} ({measuring.source}) against {measuring.specification.name}"))
    return 0 if found.meets(least) else 1


def to_json(found: Strength, least: float) -> dict[str, Any]:
    """Return the object of `--json`; rates are fractions, null where there is no mutant."""
    return {
        "schemaVersion": SCHEMA_VERSION,
        "feedbackKillRate": found.rate("feedback"),
        "heldOutKillRate": found.rate("held-out"),
        "least": least,
        "meetsPolicy": found.meets(least),
        "seed": found.seed,
        "mutants": {
            "written": found.written,
            "refused": found.refused,
            "equivalent": found.equivalent,
            "doubles": found.doubles,
            "judged": len(found.judged),
        },
        "killers": dict(sorted(Counter(j.found.killer for j in found.judged if j.found.killer).items())),
        "survivors": [survivor_json(j) for j in found.survivors()],
        "time_s": found.time_s,
    }


def survivor_json(j: Judged) -> dict[str, Any]:
    m = j.mutant
    return {
        "id": m.id,
        "file": m.path,
        "line": m.line,
        "operator": m.operator,
        "set": j.part,
        "diff": j.diff,
        "fate": j.found.fate,
        "reason": j.found.reason,
    }


def render(found: Strength, least: float, title: str) -> Iterator[Line]:
    """Yield the account for people."""
    good = found.meets(least)
    yield Line(f"{'STRONG ENOUGH' if good else 'TOO WEAK'}  {title}", "good" if good else "bad")
    yield Line(f"{counted(found)} · {found.time_s:.1f} s", "weak")
    yield Line("")
    yield Line("killed", "head")
    for part in PARTS:
        mine = found.of(part)
        rate = found.rate(part)
        share = f"{100 * rate:.1f} %" if rate is not None else "—"
        yield Line(f"  {part:<9} {sum(j.killed for j in mine):>4} of {len(mine):>4}   {share}")
    killers = Counter(j.found.killer for j in found.judged if j.found.killer)
    yield Line(f"  by {', '.join(f'{k}: {n}' for k, n in sorted(killers.items()))}", "weak")
    yield from survivors(found)
    yield Line("")
    yield Line(f"seed {found.seed} · the held-out rate must be at least {100 * least:g} %", "weak")


def counted(found: Strength) -> str:
    """Say in one line which mutants there are."""
    told = [f"{len(found.judged)} wrong contracts judged"]
    told += [f"{found.equivalent} do the same as the original"] if found.equivalent else []
    told += [f"{found.doubles} twice"] if found.doubles else []
    told += [f"{found.refused} do not compile"] if found.refused else []
    return " · ".join(told)


def survivors(found: Strength) -> Iterator[Line]:
    """Yield each wrong contract that was not refused, as a diff."""
    for j in found.survivors():
        yield Line("")
        what = "keeps every promise" if j.found.fate == "accepted" else f"not decided: {j.found.reason}"
        yield Line(f"? {j.mutant.path}:{j.mutant.line} {j.mutant.operator} ({j.part}) — {what}", "bad")
        changed = [line for line in j.diff.splitlines()[3:] if line[:1] in "+-"]
        yield from (Line(f"    {safe_text(line)}") for line in changed[:MOST_LINES])
