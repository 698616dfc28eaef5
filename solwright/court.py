"""Bring the judge and the examiner of specifications together for the loop."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from feedback.examine import examine
from feedback.judging import Court, JudgementLike
from feedback.key import key_of
from solwright.settings import Settings
from solwright.verification import judge_options
from solwright.version import version_line
from specs.parse import parse
from specs.specification import Specification
from toolchain.errors import SourceError
from toolchain.install import pinned_packages, python_tools
from toolchain.solc import SOLC_VERSION
from toolchain.sources import import_sources
from verifier.judge import Candidate, JudgeEvent, Judgement, JudgeOptions, judge
from verifier.mutants.found import Strength
from verifier.result import EngineId
from verifier.strength import StrengthOptions, measure

#: Contracts of straw only have to be proved or not: nothing else decides whether a specification is too weak.
STRAW_ENGINES: tuple[EngineId, ...] = ("symbolic",)
#: One result in so many seconds is enough to show that work goes on.
RESULT_EVERY_S = 2.0


def hold_court(settings: Settings, seed: str) -> Court:
    """Return the court of a run: real engines, results kept between runs; `seed` divides the mutants."""
    options = judge_options(settings)
    straw = replace(options, engines=STRAW_ENGINES, reach=False)
    options = replace(options, effort=replace(options.effort, evidence=True))

    def look(specification: Specification, told: Callable[[str], None]) -> tuple[str, ...]:
        return examine(specification, lambda promise, source, tell: judge_text(promise, source, tell, straw), told)

    def decide(specification: Specification, source: str, told: Callable[[str], None]) -> Judgement:
        return judge_text(specification, source, told, options)

    def weigh(specification: Specification, source: str, judgement: JudgementLike, told: Callable[[str], None]) -> Strength | None:
        assert isinstance(judgement, Judgement), "only real judgements can be measured"
        candidate = candidate_of(specification, source)
        return weighed(judgement, candidate, paced(told), options, settings, seed) if settings.strength else None

    return Court(parse, look, decide, weigh, stamp(options))


def judge_text(specification: Specification, source: str, told: Callable[[str], None], options: JudgeOptions) -> Judgement:
    """Judge a source that is only text: it may import the installed packages and nothing else."""
    return judge(specification, candidate_of(specification, source), options, paced(told))


def weighed(
    judgement: Judgement, candidate: Candidate, tell: Callable[[JudgeEvent], None], options: JudgeOptions, settings: Settings, seed: str
) -> Strength:
    """Measure the strength of a specification on a verified contract; where all of its code is imported, on that."""
    wanted = StrengthOptions(seed, time_s=settings.timeout / 2)
    options = replace(options, effort=replace(options.effort, evidence=False))
    try:
        return measure(judgement, candidate, wanted, options, tell)
    except SourceError:
        return measure(judgement, candidate, replace(wanted, libraries=True), options, tell)


def candidate_of(specification: Specification, source: str) -> Candidate:
    """Return a source that is only text as what is to be judged."""
    with tempfile.TemporaryDirectory(prefix="solwright-candidate-") as folder:
        entry = Path(folder) / f"{specification.name}.sol"
        entry.write_text(source, encoding="utf-8")
        return Candidate(import_sources(entry, Path(folder)), specification.name)


def paced(told: Callable[[str], None]) -> Callable[[JudgeEvent], None]:
    """Return what tells of events, of results not too often."""
    last = 0.0

    def tell(event: JudgeEvent) -> None:
        nonlocal last
        if event.kind == "result" and time.monotonic() - last < RESULT_EVERY_S:
            return
        last = time.monotonic()
        told(f"{event.engine}: {event.text or event.kind}")

    return tell


def stamp(options: JudgeOptions) -> str:
    """Return a digest of everything that a judgement depends on besides its inputs."""
    tools = [f"{name} {version}" for name, version in python_tools()]
    packages = [f"{p.name} {p.version}" for p in pinned_packages()]
    return key_of(version_line(), SOLC_VERSION, *tools, *packages, repr(options.effort), ",".join(options.engines))
