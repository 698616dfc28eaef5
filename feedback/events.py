"""What happens in a run, as values; every front end shows the same ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from codegen.reply import Contradiction
from feedback.diagnose import Cause
from feedback.judging import JudgementLike
from feedback.policy import Step
from feedback.report import Report
from specs.specification import Specification
from verifier.mutants.found import Strength

Purpose = Literal["specification", "contract", "fresh contract", "repair", "stronger specification"]
#: weak: the contract is verified, but its specification accepts too many wrong ones.
Ending = Literal["verified", "not-verified", "incomplete", "weak", "question", "rejected"]


@dataclass(frozen=True, slots=True)
class Started:
    """The run's folder holds its record; `resumed`: some of it is there already."""

    folder: str
    model: str
    resumed: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A call to the model starts. `number` counts the versions of this purpose; `budget` says what is spent and what is allowed."""

    purpose: Purpose
    number: int
    budget: str


@dataclass(frozen=True, slots=True)
class Wrote:
    """A piece of the reply as it streams; not safe to print."""

    text: str


@dataclass(frozen=True, slots=True)
class Noticed:
    """Something a person may want to know of the call or the run: a wait, a step down, 80 % of the budget."""

    text: str


@dataclass(frozen=True, slots=True)
class Answered:
    """A reply is complete. `recorded`: it was taken from the run record, nothing was spent now."""

    purpose: Purpose
    number: int
    usage: str
    recorded: bool


@dataclass(frozen=True, slots=True)
class ReplyRefused:
    """A reply did not have the form that was asked for."""

    problem: str


@dataclass(frozen=True, slots=True)
class SpecificationRefused:
    """A version of the specification does not stand; the problems go back to the model."""

    number: int
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Frozen:
    """The specification stands, was approved, and does not change any more."""

    specification: Specification


@dataclass(frozen=True, slots=True)
class Checking:
    """Progress of the judge, on a specification's strawmen (`attempt` 0) or on an attempt."""

    attempt: int
    text: str


@dataclass(frozen=True, slots=True)
class Judged:
    """An attempt was judged; `report` is None where its source was refused before that."""

    attempt: int
    report: Report | None
    recorded: bool


@dataclass(frozen=True, slots=True)
class Measured:
    """The strength of the specification, as mutants of the verified contract show it."""

    attempt: int
    strength: Strength


@dataclass(frozen=True, slots=True)
class Diagnosed:
    attempt: int
    causes: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class Decided:
    """How the run goes on after an attempt, and why."""

    step: Step
    reason: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The last event.

    `source` and `report` are of the best attempt, `judgement` only where it was verified in this process; `why` is one line for people.

    `question`: what the writer says cannot hold together, for a person to decide.
    """

    ending: Ending
    why: str
    specification: Specification | None
    source: str
    report: Report | None
    judgement: JudgementLike | None = None
    question: Contradiction | None = None
    strength: Strength | None = None


Event = (
    Started
    | Asked
    | Wrote
    | Noticed
    | Answered
    | ReplyRefused
    | SpecificationRefused
    | Frozen
    | Checking
    | Judged
    | Measured
    | Diagnosed
    | Decided
    | Ended
)
