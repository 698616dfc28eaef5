"""What counts as good enough, and what to do with an attempt that is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from verifier.finding import Finding
from verifier.verdict import Status

Overall = Literal["verified", "not-verified", "incomplete"]
Step = Literal["repair", "fresh", "stop"]


@dataclass(frozen=True, slots=True)
class Policy:
    """When a contract is good enough, and when to stop.

    `allowed_assumptions` are ids of `assume` clauses; `same_failures` in a row, or going back and forth, mean that the writer is stuck;
    `strength` is the least part of its mutants that a specification must refuse, `strengthenings` how often it may be written again.
    """

    allowed_assumptions: tuple[str, ...] = ()
    attempts: int = 10
    same_failures: int = 3
    fresh_starts: int = 1
    strength: float = 0.9
    strengthenings: int = 2


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a verdict on the whole contract rests on. `statuses` maps obligation ids to verdicts; `assumed` are ids of `assume` clauses."""

    statuses: tuple[tuple[str, Status], ...]
    findings: tuple[Finding, ...]
    broken_canaries: tuple[str, ...]
    assumed: tuple[str, ...]


def decide(evidence: Evidence, policy: Policy) -> tuple[Overall, tuple[str, ...]]:
    """Return the verdict on the whole contract, with the reasons why it is not `verified`."""
    statuses = evidence.statuses
    refuted = [f"{id} is {status}" for id, status in statuses if status in {"REFUTED", "CONFLICT"}]
    refuted += [f"{f.check}: {f.message}" for f in evidence.findings if f.severity == "refutes"]
    missing = [f"{id} is {status}" for id, status in statuses if status not in {"PROVED", "REFUTED", "CONFLICT"}]
    missing += [f"canary {name}" for name in evidence.broken_canaries]
    missing += [f"the assumption {id} is not allowed" for id in evidence.assumed if id not in policy.allowed_assumptions]
    if not statuses:
        missing.append("there is no obligation: nothing was judged")
    reasons = tuple(refuted + missing)
    return ("not-verified" if refuted else "incomplete" if missing else "verified"), reasons


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one judged attempt left open.

    `failures` names each obligation or finding with its verdict; `fresh`: it was written from the specification alone.
    """

    source: str
    failures: frozenset[str]
    fresh: bool


def next_step(outcomes: Sequence[Outcome], policy: Policy) -> tuple[Step, str]:
    """Decide how to go on after the last of these attempts, with the reason where it is not a plain repair."""
    if len(outcomes) >= policy.attempts:
        return "stop", f"{policy.attempts} attempts were judged"
    start = max(i for i, outcome in enumerate(outcomes) if outcome.fresh)
    stuck = _stuck(outcomes[start:], policy)
    if not stuck:
        return "repair", ""
    if sum(outcome.fresh for outcome in outcomes) <= policy.fresh_starts:
        return "fresh", stuck
    return "stop", f"{stuck}, also after a fresh start"


def _stuck(outcomes: Sequence[Outcome], policy: Policy) -> str:
    last = [outcome.failures for outcome in outcomes]
    if len(last) >= policy.same_failures and len(set(last[-policy.same_failures :])) == 1:
        return f"the same failures came {policy.same_failures} times"
    if len(last) >= 4 and last[-1] == last[-3] and last[-2] == last[-4]:
        return "the attempts go back and forth between two failures"
    if len({outcome.source for outcome in outcomes}) <= len(outcomes) - 2:
        return "the same contracts come again"
    return ""


def contested(outcomes: Sequence[Outcome]) -> frozenset[str]:
    """Return the failures that came, went, and came again: clauses that may contradict each other."""
    start = max((i for i, outcome in enumerate(outcomes) if outcome.fresh), default=0)
    last = [outcome.failures for outcome in outcomes[start:]]
    return frozenset(f for i in range(2, len(last)) for f in last[i] - last[i - 1] if any(f in earlier for earlier in last[: i - 1]))
