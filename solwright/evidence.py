"""Put together what a bundle holds: what was promised, what was judged, the certificate, the evidence, and how it came about."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from feedback.judging import JudgementLike
from feedback.policy import Policy
from feedback.report import Report, make_report
from solwright.report.markdown import render_markdown
from solwright.report.timeline import Turn, read_turns, write_turns
from solwright.version import program_line
from specs.render import describe
from specs.specification import Specification
from verifier.canary import Canary
from verifier.certificate.contents import ordered, specification_name
from verifier.certificate.make import Statement, canaries_of, counting_of, make_files
from verifier.certificate.means import tools_of
from verifier.certificate.rebuild import ATTEMPTS, TRANSCRIPT, Derived, Rebuilt
from verifier.engines.job import Effort
from verifier.finding import Finding
from verifier.judge import Judgement
from verifier.mutants.found import Strength
from verifier.obligation import Ledger
from verifier.verdict import Verdict

if TYPE_CHECKING:
    from solwright.signing import Sign

REPORT, PAGE = "report.md", "report.html"


@dataclass(frozen=True, slots=True)
class Making:
    """What a bundle says of its making; `run` is the run's folder, `transcript` None and `turns` () where no model was asked;
    `sign` signs its statements (None: nobody does)."""

    run: Path
    effort: Effort
    allowed_assumptions: tuple[str, ...] = ()
    transcript: Path | None = None
    turns: tuple[Turn, ...] = ()
    strength: Strength | None = None
    sign: Sign | None = None


@dataclass(frozen=True, slots=True)
class Stated:
    """A judgement as a certificate states it, for the report."""

    ledger: Ledger
    verdicts: Mapping[str, Verdict]
    findings: tuple[Finding, ...]
    canaries: tuple[Canary, ...]
    tools: Mapping[str, str]
    sandbox: str
    time_s: float


def bundle_files(judgement: JudgementLike, making: Making) -> Mapping[str, bytes]:
    """Return the bundle's files by relative name; the transcript is copied as it was recorded (redacted).

    Raises: UsageError where the judgement is none that a bundle can be made of; ToolError where it cannot be signed.
    """
    assert isinstance(judgement, Judgement), "bundles are made of real judgements"
    stated = {TRANSCRIPT: making.transcript.read_bytes()} if making.transcript is not None and making.transcript.is_file() else {}
    stated |= {ATTEMPTS: write_turns(making.turns)} if making.turns else {}
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    statement = Statement(program_line(), now, making.run.name, making.effort, stated)
    sorted_out = Stated(
        judgement.ledger,
        judgement.verdicts,
        tuple(ordered(judgement.findings)),
        canaries_of(judgement),
        tools_of(counting_of(judgement)),
        judgement.sandbox,
        judgement.time_s,
    )
    specification = replace(judgement.specification, path=Path(specification_name(judgement.specification)))
    report = make_report(specification, sorted_out, Policy(allowed_assumptions=making.allowed_assumptions))
    strength = replace(making.strength, time_s=0.0) if making.strength is not None else None
    derived = _written(replace(report, strength=strength), specification, stated)
    files = make_files(judgement, making.allowed_assumptions, statement, derived, strength)
    return files | dict(making.sign(files)) if making.sign is not None else files


def derived() -> Derived:
    """Return the files of a bundle that follow from its other files, with how they are made."""

    def written(name: str) -> Callable[[Rebuilt], bytes]:
        return lambda rebuilt: _written(report_again(rebuilt), rebuilt.specification, rebuilt.files)[name]

    return {name: written(name) for name in (REPORT, PAGE)}


def report_again(rebuilt: Rebuilt) -> Report:
    """Return the report that a bundle's certificate stands for; what nobody can compute again is taken from the maker."""
    said = rebuilt.certificate
    judgement = Stated(
        rebuilt.ledger,
        {o.id: Verdict(o.id, o.verdict, o.proved_by, o.reason) for o in said.obligations},
        tuple(Finding(**f.model_dump()) for f in said.findings),
        tuple(Canary(**c.model_dump()) for c in said.canaries),
        said.tools,
        said.stated_by_maker.sandbox,
        said.stated_by_maker.time_s,
    )
    report = make_report(rebuilt.specification, judgement, Policy(allowed_assumptions=said.allowed_assumptions))
    return replace(report, strength=rebuilt.strength)


def _written(report: Report, specification: Specification, files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """Write the report for readers of text and for browsers; `files` may hold how it came about, as the maker states it."""
    from solwright.report.html import Background, render_html

    name = report.artifact.contract
    turns = read_turns(ATTEMPTS, files[ATTEMPTS]) if ATTEMPTS in files else ()
    page = render_html(report, Background(f"{name}.sol", describe(specification), turns, f"{name}.bundle"))
    texts = {REPORT: render_markdown(report, f"{name}.sol"), PAGE: page}
    return {file: text.encode("utf-8", "backslashreplace") for file, text in texts.items()}
