"""Bring the judge and the examiner of specifications together for the loop."""

from __future__ import annotations

import importlib.metadata
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from feedback.examine import examine
from feedback.history import key_of
from feedback.judging import Court
from solwright.settings import Settings
from solwright.verification import judge_options
from solwright.version import version_line
from specs.parse import parse
from specs.specification import Specification
from toolchain.install import pinned_packages
from toolchain.solc import SOLC_VERSION
from toolchain.sources import import_sources
from verifier.judge import Candidate, JudgeEvent, Judgement, JudgeOptions, judge
from verifier.result import EngineId

PYTHON_TOOLS = ("halmos", "slither-analyzer", "z3-solver", "crytic-compile")
#: Contracts of straw only have to be proved or not: nothing else decides whether a specification is too weak.
STRAW_ENGINES: tuple[EngineId, ...] = ("symbolic",)
#: One result in so many seconds is enough to show that work goes on.
RESULT_EVERY_S = 2.0


def hold_court(settings: Settings) -> Court:
    """Return the court of a run: real engines, results kept between runs."""
    options = judge_options(settings)
    straw = replace(options, engines=STRAW_ENGINES, reach=False)
    options = replace(options, effort=replace(options.effort, evidence=True))

    def look(specification: Specification, told: Callable[[str], None]) -> tuple[str, ...]:
        return examine(specification, lambda promise, source, tell: judge_text(promise, source, tell, straw), told)

    def decide(specification: Specification, source: str, told: Callable[[str], None]) -> Judgement:
        return judge_text(specification, source, told, options)

    return Court(parse, look, decide, stamp(options))


def judge_text(specification: Specification, source: str, told: Callable[[str], None], options: JudgeOptions) -> Judgement:
    """Judge a source that is only text: it may import the installed packages and nothing else."""

    last = 0.0

    def tell(event: JudgeEvent) -> None:
        nonlocal last
        if event.kind == "result" and time.monotonic() - last < RESULT_EVERY_S:
            return
        last = time.monotonic()
        told(f"{event.engine}: {event.text or event.kind}")

    with tempfile.TemporaryDirectory(prefix="solwright-candidate-") as folder:
        entry = Path(folder) / f"{specification.name}.sol"
        entry.write_text(source, encoding="utf-8")
        tree = import_sources(entry, Path(folder))
    return judge(specification, Candidate(tree, specification.name), options, tell)


def stamp(options: JudgeOptions) -> str:
    """Return a digest of everything that a judgement depends on besides its inputs."""
    tools = [f"{name} {importlib.metadata.version(name)}" for name in PYTHON_TOOLS]
    packages = [f"{p.name} {p.version}" for p in pinned_packages()]
    return key_of(version_line(), SOLC_VERSION, *tools, *packages, repr(options.effort), ",".join(options.engines))
