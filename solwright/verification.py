"""Judge files for a front end: import them, ask the judge, show and save what it found."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from feedback.key import key_of
from feedback.policy import Policy
from feedback.report import Report, make_report
from feedback.stream import streamed
from solwright import runs
from solwright.report.json import to_json
from solwright.report.text import Sources, render
from solwright.settings import Settings
from solwright.terminal import Line, Terminal
from specs.parse import parse
from specs.render import Line as PlainLine
from specs.render import describe
from specs.specification import Specification
from toolchain.errors import SolwrightError, SpecificationError
from toolchain.install import home
from toolchain.process import atomic_write
from toolchain.sandbox import ladder
from toolchain.sources import SourceTree, import_sources
from verifier.engines.job import Effort
from verifier.finding import Finding
from verifier.judge import Candidate, JudgeEvent, JudgeOptions, judge
from verifier.remember import own_digest
from verifier.result import NOT_TESTED, EngineId

if TYPE_CHECKING:
    from solwright.signing import Sign
    from verifier.judge import Judgement

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be judged; `contract` names one of the file's (None: the interface's name), `fresh`: no earlier result counts;
    `engines`: which ones judge everything (empty: all of them, the Horn engine only what the others leave open); `bundle`: where the
    evidence goes if it is verified; `sign`: who signs it."""

    source: Path
    specification: Path
    contract: str | None
    out: Path | None
    settings: Settings
    fresh: bool = False
    engines: tuple[EngineId, ...] = ()
    bundle: Path | None = None
    sign: Sign | None = None


def answer(question: Question, terminal: Terminal) -> int:
    """Judge, show and save; return the exit code."""
    if question.bundle is not None:
        from solwright.bundle import refuse_place

        refuse_place(question.bundle)
    if question.out is not None:
        runs.refuse_unwritable(question.out, "--out")
        runs.refuse_foreign(question.out)
    options = replace(judge_options(question.settings, fresh=question.fresh), since_last=True)
    options = replace(options, effort=replace(options.effort, evidence=question.bundle is not None))
    if question.engines:
        options = replace(options, engines=question.engines, everything=True)
    specification = read_specification(question.specification, terminal, options.cache)
    terminal.tell(f"reading {question.source}")
    tree = import_sources(question.source)
    candidate = Candidate(tree, specification.name if question.contract is None else question.contract)
    warn_if_bare(terminal)
    judgement = judged(lambda tell: judge(specification, candidate, options, tell), terminal)
    policy = Policy(allowed_assumptions=question.settings.allowed_assumptions)
    report = replace(with_notices(make_report(specification, judgement, policy), tree, judgement), known=judgement.known)
    code = show(report, question, terminal, runs.home_of(tree.root), describe(specification))
    if question.bundle is not None and code == 0:
        return leave_bundle(judgement, question.bundle, question, options.effort, terminal)
    elif question.bundle is not None:
        terminal.say("no bundle: it holds what is verified")
    return code


def leave_bundle(judgement: Judgement, bundle: Path, question: Question, effort: Effort, terminal: Terminal) -> int:
    """Write the evidence of a verified contract, return the exit code; the verdict is on stdout already: a failure is told beside it."""
    from solwright.bundle import write_folder
    from solwright.evidence import Making, bundle_files

    try:
        write_folder(bundle, bundle_files(judgement, Making(bundle, effort, question.settings.allowed_assumptions, sign=question.sign)))
    except SolwrightError as error:
        terminal.warn(f"no bundle: {error.message}", error.next_step)
        return error.exit_code
    terminal.say(f"bundle: {runs.nearest(bundle)}")
    return 0


def read_specification(path: Path, terminal: Terminal, cache: Path | None) -> Specification:
    """Parse a specification and look for what cannot stand; one that was found to stand is not examined again.

    Raises: SpecificationError at the first error.
    """
    specification = parse(path)
    stands = cache / f"stands-{key_of(specification.digest, own_digest())}" if cache else None
    if stands is not None and stands.is_file():
        return specification
    from specs import sanity

    terminal.tell(f"checking {specification.name}")
    errors = [p for p in sanity.check(specification) if p.severity == "error"]
    if errors:
        first = errors[0]
        more = f" (and {len(errors) - 1} more: solwright spec check {path})" if len(errors) > 1 else ""
        raise SpecificationError(
            first.position.within(path), first.position.line, first.position.column, f"{first.clause}: {first.found}{more}", first.expected
        )
    if stands is not None:
        with contextlib.suppress(OSError):  # no room: it is merely examined again
            stands.parent.mkdir(parents=True, exist_ok=True)
            atomic_write(stands, b"")
    return specification


def warn_if_bare(terminal: Terminal) -> None:
    """Try out the sandbox, once for all engines, and say where there is none."""
    rung = ladder()
    if rung.name == "none":
        terminal.note(f"no sandbox: the tools run bare ({rung.why_not_higher}); it stands on the verdict")


def judge_options(settings: Settings, *, fresh: bool = False) -> JudgeOptions:
    """Return how hard the engines try, and where results are kept between runs; more time than usual is more for each obligation."""
    usual, more = Effort(), max(1.0, settings.timeout / Settings().timeout)
    effort = Effort(
        time_s=settings.timeout,
        obligation_s=usual.obligation_s * more,
        solver_s=usual.solver_s * more,
        jobs=settings.processes,
        fuzz_runs=settings.fuzz_runs,
        horn_s=round(settings.horn_s * more),
    )
    return JudgeOptions(effort=effort, cache=None if fresh else home() / "results", conflicts=home() / "conflicts")


def judged(work: Callable[[Callable[[JudgeEvent], None]], T], terminal: Terminal) -> T:
    """Run the judge beside us, so that progress shows and Ctrl-C is heard."""
    stream = streamed(work)
    try:
        while True:
            event = next(stream)
            terminal.tell(f"{event.engine}: {event.text or event.kind}", minor=event.kind == "result")
    except StopIteration as done:
        found: T = done.value
        return found


def with_notices(report: Report, tree: SourceTree, judgement: Judgement) -> Report:
    """Add what was noticed while the sources were imported, and the rules of which no sample saw the end."""
    notices = tuple(Finding("informs", "import", text, tree.entry) for text in tree.findings)
    return replace(report, findings=(*unseen(judgement), *report.findings, *notices))


def unseen(judgement: Judgement) -> Iterator[Finding]:
    """Yield a notice for each rule that is proved and that no sample went through: what it takes for granted may never be so."""
    specification = judgement.specification
    silent = {r.obligation for r in judgement.results if r.engine == "fuzz" and r.reason.startswith(NOT_TESTED)}
    for rule in specification.rules:
        if rule.name in silent and judgement.verdicts[rule.name].status == "PROVED":
            text = f"no sample went through {rule.name} to its end: can what it takes for granted ever happen?"
            yield Finding("informs", "rule-not-tested", text, specification.path.name, rule.position.line)


def show(report: Report, question: Question, terminal: Terminal, home: Path | None = None, promise: tuple[PlainLine, ...] = ()) -> int:
    """Save the report (under `home`), print it, and return the exit code; what cannot be saved is shown all the same."""
    saved: Path | None = None
    tests: dict[str, Path] = {}
    failure: SolwrightError | None = None
    try:
        saved = question.out or runs.fresh_run(f"verify-{report.artifact.contract}", home)
        tests = runs.save_report(saved, report, source=question.source.name, promise=promise)
    except SolwrightError as error:
        saved, failure = None, error
    value: dict[str, Any] = to_json(report) | {"run": str(saved) if saved else None}
    near = {id: runs.nearest(test) for id, test in tests.items()}
    lines = [*render(report, Sources(str(question.source), near))]
    lines += [Line(f"report: {runs.nearest(saved)}/report.md", "weak")] if saved else []
    terminal.give(value)
    terminal.show(lines)
    if failure is not None:
        terminal.warn(f"the report could not be saved: {failure.message}", failure.next_step)
        return failure.exit_code
    return report.exit_code
