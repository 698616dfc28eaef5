"""What the loop needs from outside: a judge, an examiner of specifications, a person's approval."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from specs.specification import Specification
from verifier.canary import Canary
from verifier.finding import Finding
from verifier.mutants.found import Strength
from verifier.obligation import Ledger
from verifier.verdict import Verdict


class JudgementLike(Protocol):
    @property
    def ledger(self) -> Ledger: ...
    @property
    def verdicts(self) -> Mapping[str, Verdict]: ...
    @property
    def findings(self) -> tuple[Finding, ...]: ...
    @property
    def canaries(self) -> tuple[Canary, ...]: ...
    @property
    def tools(self) -> Mapping[str, str]: ...
    @property
    def sandbox(self) -> str: ...
    @property
    def time_s(self) -> float: ...


class Judge(Protocol):
    """Judge one source file against a specification; `told` gets a line of progress now and then.

    Raises: SourceError when the source does not compile or holds no contract of the specification's name; ToolError when a tool cannot be
    asked.
    """

    def __call__(self, specification: Specification, source: str, told: Callable[[str], None]) -> JudgementLike: ...


class Measure(Protocol):
    """Measure the strength of a specification on a contract that was judged and verified; None where nobody wants to know.

    Raises: ToolError when a tool cannot be asked; SourceError where the contract has no code to change.
    """

    def __call__(
        self, specification: Specification, source: str, judgement: JudgementLike, told: Callable[[str], None]
    ) -> Strength | None: ...


@dataclass(frozen=True, slots=True)
class Court:
    """Who decides.

    `parse` refuses what is no specification; `examine` returns what a specification lacks (sanity, strawmen), in words for whoever wrote
    it; `measure` knows the seed of the run, which nobody else does; `stamp` names everything else that judgements depend on: tools,
    engines, limits."""

    parse: Callable[[Path, str], Specification]
    examine: Callable[[Specification, Callable[[str], None]], tuple[str, ...]]
    judge: Judge
    measure: Measure
    stamp: str


@dataclass(frozen=True, slots=True)
class Approval:
    """What a person says of a promise. A refusal with a remark sends it back to the model; without one it ends the run."""

    accepted: bool
    remark: str = ""


def accept_all(_: Specification) -> Approval:
    """Approve without a person (`--yes`)."""
    return Approval(accepted=True)
