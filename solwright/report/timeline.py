"""What a run of `new` tried, attempt by attempt, as told by its events."""

from __future__ import annotations

from dataclasses import dataclass, replace

from feedback.diagnose import Cause
from feedback.events import Decided, Diagnosed, Event, Judged
from feedback.report import Report


@dataclass(frozen=True, slots=True)
class Turn:
    """One attempt: `report` is None where its source was refused; `causes` are what was told to the writer, `decision` how it went on."""

    number: int
    report: Report | None
    causes: tuple[Cause, ...] = ()
    decision: str = ""


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
