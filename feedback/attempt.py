"""One candidate: ask for it, judge it, find out what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass

from codegen.implement import FrozenSpecification, JudgedAttempt, implementation_messages, repair_messages
from codegen.model import Message
from codegen.reply import Contradiction, Source
from feedback.asking import Writer
from feedback.diagnose import Cause, diagnose, diagnose_refusal
from feedback.events import Checking, Event, Judged, Purpose
from feedback.history import JudgedLine
from feedback.judging import Court, JudgementLike
from feedback.key import key_of
from feedback.policy import Outcome, Policy, contested
from feedback.report import Report, make_report
from feedback.stream import streamed
from specs.environment import model_of
from specs.specification import Specification
from toolchain.errors import ReplyFormatError, SourceError, some_of


@dataclass(frozen=True, slots=True)
class Attempt:
    """A candidate and what came of it.

    `report` is None where its source was refused; `judgement` is there only if it was judged in this process.
    """

    number: int
    source: str
    report: Report | None
    causes: tuple[Cause, ...]
    outcome: Outcome
    judgement: JudgementLike | None

    @property
    def verified(self) -> bool:
        return self.judgement is not None and self.report is not None and self.report.verdict == "verified"

    @property
    def summary(self) -> str:
        """Return one line that tells the writer what this attempt broke."""
        broken = sorted(self.outcome.failures)
        return f"attempt {self.number}: " + some_of(broken, 8)

    @property
    def rank(self) -> tuple[int, int, int]:
        """Order attempts, the best one first."""
        if self.report is None:
            return (2, 0, -self.number)
        refuted = sum(o.verdict in {"REFUTED", "CONFLICT"} for o in self.report.obligations) + sum(
            f.severity == "refutes" for f in self.report.findings
        )
        return (1 if refuted else 0, refuted or len(self.report.unproved), -self.number)


def write_contract(
    specification: Specification, writer: Writer, attempts: Sequence[Attempt], *, fresh: bool
) -> Generator[Event, None, Source | Contradiction]:
    """Ask for a first contract, one from the specification alone, or a repair of the last one."""
    purpose: Purpose = "repair" if not fresh else "fresh contract" if attempts else "contract"
    summaries = [a.summary for a in attempts]
    frozen = FrozenSpecification(specification.text, specification.name, tuple(_beside(specification)))

    def build(complaints: Sequence[str]) -> tuple[Message, ...]:
        if fresh:
            return implementation_messages(frozen, summaries, complaints)
        last = attempts[-1]
        judged = JudgedAttempt(last.number, last.source, tuple(c.tell() for c in last.causes), tuple(summaries[:-1]))
        return repair_messages(frozen, judged, complaints)

    def accept(content: Source | Contradiction) -> None:
        if isinstance(content, Contradiction):
            _refuse_unknown(content, specification)

    return (yield from writer.ask(purpose, len(attempts) + 1, build, accept))


def _beside(specification: Specification) -> Iterator[tuple[str, str]]:
    """Yield the specifications that this one imports, and that of a built-in model."""
    yield from ((name, text) for name, text in specification.sources[1:] if name.endswith(".spec.sol"))
    environment = specification.environment
    if environment is not None and environment.written is None:
        name = f"{environment.model}.spec.sol"
        yield f"{name}, which the contract at {environment.id}() keeps", model_of(environment).files()[name]


def _refuse_unknown(content: Contradiction, specification: Specification) -> None:
    known = {c.id for c in (*specification.clauses, *specification.constructor.clauses)}
    functions = {f.title for f in specification.functions} | {"constructor"}
    unknown = [c for c in content.clauses if c not in known and c.rpartition(".")[0] not in functions]
    if unknown:
        raise ReplyFormatError(
            f"the specification has no clause {', '.join(unknown)}",
            f"name clauses as function.id; the functions are {', '.join(sorted(functions))}",
        )


def judge_contract(
    specification: Specification, source: str, earlier: Sequence[Attempt], writer: Writer, court: Court, policy: Policy, *, fresh: bool
) -> Generator[Event, None, Attempt]:
    """Judge a source and diagnose it; a failed judgement of the same source is taken from the record."""
    number = len(earlier) + 1
    key = key_of("contract", specification.digest, source, court.stamp)
    line, judgement = writer.history.judged(key), None
    recorded = line is not None
    if line is None:
        line, judgement = yield from _judge(specification, source, number, key, court, policy)
        writer.history.keep_judged(line)
    yield Judged(number, line.report, recorded)
    if line.report is None:
        outcome = Outcome(source, frozenset({"the source is refused"}), fresh)
        return Attempt(number, source, None, diagnose_refusal(line.refusal, source), outcome, None)
    outcome = line.report.outcome(source, fresh=fresh)
    causes = diagnose(line.report, specification, source, contested([*(a.outcome for a in earlier), outcome]))
    return Attempt(number, source, line.report, causes, outcome, judgement)


def _judge(
    specification: Specification, source: str, number: int, key: str, court: Court, policy: Policy
) -> Generator[Event, None, tuple[JudgedLine, JudgementLike | None]]:
    def work(report: Callable[[Event], None]) -> JudgementLike:
        return court.judge(specification, source, lambda line: report(Checking(number, line)))

    try:
        judgement = yield from streamed(work)
    except SourceError as error:
        refusal = tuple(str(d) for d in getattr(error, "diagnostics", ())) or (str(error),)
        return JudgedLine(key=key, source=source, report=None, refusal=refusal), None
    return JudgedLine(key=key, source=source, report=make_report(specification, judgement, policy)), judgement
