"""What a run of `new` tried, attempt by attempt, as told by its events; and the file of a bundle that keeps it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

from feedback.diagnose import Cause
from feedback.events import Decided, Diagnosed, Event, Judged
from feedback.report import ObligationReport, Report
from verifier.certificate.strict import malformed, read_json, write_json
from verifier.counterexample import Call


@dataclass(frozen=True, slots=True)
class Turn:
    """One attempt: `report` is None where its source was refused; `causes` are what was told to the writer, `decision` how it went on."""

    number: int
    report: Report | None
    causes: tuple[Cause, ...] = ()
    decision: str = ""


#: How deep a call can lie in another, in a file of others; the engines let strangers call back once.
DEEPEST = 4
DECISIONS = {"repair": "it is repaired", "fresh": "the next one starts afresh", "stop": "the run stops"}


def extended(turns: tuple[Turn, ...], event: Event) -> tuple[Turn, ...]:
    """Return the timeline after one more event of the run."""
    match event:
        case Judged(attempt, report):
            return (*turns, Turn(attempt, report))
        case Diagnosed(_, causes) if turns:
            return (*turns[:-1], replace(turns[-1], causes=causes))
        case Decided(step, reason) if turns:
            decision = DECISIONS[step] + (f": {reason}" if reason else "")
            return (*turns[:-1], replace(turns[-1], decision=decision))
        case _:
            return turns


def write_turns(turns: tuple[Turn, ...]) -> bytes:
    """Return the timeline for a bundle, without times and without the sources of tests."""
    return write_json([asdict(_lean(turn)) for turn in turns])


def _lean(turn: Turn) -> Turn:
    if turn.report is None:
        return turn
    return replace(turn, report=replace(turn.report, time_s=0.0, obligations=tuple(_untested(o) for o in turn.report.obligations)))


def _untested(o: ObligationReport) -> ObligationReport:
    return o if o.counterexample is None else replace(o, counterexample=replace(o.counterexample, test=""))


def read_turns(name: str, raw: bytes) -> tuple[Turn, ...]:
    """Return the timeline that a file of a bundle holds. Raises CertificateError naming the file."""
    from pydantic import TypeAdapter, ValidationError

    value = read_json(name, raw)
    try:
        turns = TypeAdapter(tuple[Turn, ...]).validate_python(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise malformed(name, f"{'.'.join(map(str, first['loc']))[:100]}: {first['msg'][:100]}") from None
    for turn in turns:
        for o in turn.report.obligations if turn.report is not None else ():
            if o.counterexample is not None and any(_depth(call) > DEEPEST for call in o.counterexample.calls):
                raise malformed(name, f"more than {DEEPEST} calls lie within one another")
    return turns


def _depth(call: Call) -> int:
    return 1 if call.callback is None else 1 + _depth(call.callback)
