"""What is good enough, and when to stop."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.policy import Evidence, Outcome, Policy, contested, decide, next_step
from verifier.finding import Finding
from verifier.verdict import Status

REFUTES = Finding("refutes", "undeclared-function", "sweep() is not promised")
INFORMS = Finding("informs", "slither:naming", "x")
STATUSES = st.sampled_from(get_args(Status))


def evidence(
    *statuses: Status, findings: tuple[Finding, ...] = (), canaries: tuple[str, ...] = (), assumed: tuple[str, ...] = ()
) -> Evidence:
    return Evidence(tuple((f"o{n}", status) for n, status in enumerate(statuses)), findings, canaries, assumed)


def test_verified_needs_every_obligation_proved() -> None:
    assert decide(evidence("PROVED", "PROVED", findings=(INFORMS,)), Policy()) == ("verified", ())


@pytest.mark.attack
@pytest.mark.parametrize(
    ("given_", "verdict", "reason"),
    [
        (evidence(), "incomplete", "nothing was judged"),
        (evidence("PROVED", "UNKNOWN"), "incomplete", "o1 is UNKNOWN"),
        (evidence("PROVED", "TESTED"), "incomplete", "o1 is TESTED"),
        (evidence("PROVED", "BOUNDED"), "incomplete", "o1 is BOUNDED"),
        (evidence("PROVED", "VACUOUS"), "incomplete", "o1 is VACUOUS"),
        (evidence("PROVED", "REFUTED"), "not-verified", "o1 is REFUTED"),
        (evidence("PROVED", "CONFLICT"), "not-verified", "o1 is CONFLICT"),
        (evidence("PROVED", findings=(REFUTES,)), "not-verified", "sweep"),
        (evidence("PROVED", canaries=("fuzz/false",)), "incomplete", "canary fuzz/false"),
        (evidence("PROVED", assumed=("oracle",)), "incomplete", "the assumption oracle is not allowed"),
    ],
)
def test_anything_less_is_not_verified(given_: Evidence, verdict: str, reason: str) -> None:
    found, reasons = decide(given_, Policy())
    assert found == verdict
    assert reason in reasons[0]


def test_an_assumption_may_be_allowed() -> None:
    assert decide(evidence("PROVED", assumed=("oracle",)), Policy(allowed_assumptions=("oracle",)))[0] == "verified"


@given(st.lists(STATUSES))
def test_one_status_that_is_not_proved_is_enough(statuses: list[Status]) -> None:
    verdict, reasons = decide(evidence(*statuses), Policy())
    assert (verdict == "verified") == (bool(statuses) and set(statuses) == {"PROVED"})
    assert (verdict == "verified") == (not reasons)
    assert (verdict == "not-verified") == bool({"REFUTED", "CONFLICT"} & set(statuses))


def outcomes(*rows: tuple[str, str] | tuple[str, str, bool]) -> list[Outcome]:
    return [Outcome(row[0], frozenset(row[1].split()), len(row) == 3 or n == 0) for n, row in enumerate(rows)]


@pytest.mark.parametrize(
    ("rows", "step"),
    [
        (outcomes(("s1", "a b")), "repair"),
        (outcomes(("s1", "a b"), ("s2", "a"), ("s3", "b")), "repair"),
        (outcomes(("s1", "a"), ("s2", "a")), "repair"),
        (outcomes(("s1", "a"), ("s2", "a"), ("s3", "a")), "fresh"),
        (outcomes(("s1", "a"), ("s2", "b"), ("s3", "a"), ("s4", "b")), "fresh"),
        (outcomes(("s1", "a"), ("s1", "a b"), ("s1", "b")), "fresh"),
        (outcomes(("s1", "a"), ("s2", "a"), ("s3", "a"), ("t1", "a", True)), "repair"),
        (outcomes(("s1", "a"), ("s2", "a"), ("s3", "a"), ("t1", "a", True), ("t2", "a"), ("t3", "a")), "stop"),
    ],
)
def test_next_step(rows: list[Outcome], step: str) -> None:
    assert next_step(rows, Policy())[0] == step


@given(st.lists(st.tuples(st.sampled_from("stu"), st.frozensets(st.sampled_from("abc"), min_size=1)), min_size=1, max_size=40))
def test_every_run_ends(replies: list[tuple[str, frozenset[str]]]) -> None:
    """Whatever a model writes, the number of attempts and of fresh starts is bounded."""
    policy = Policy(attempts=8)
    done: list[Outcome] = []
    fresh = True
    for number in range(1000):
        source, failures = replies[number % len(replies)]
        done.append(Outcome(source, failures, fresh))
        step, reason = next_step(done, policy)
        if step == "stop":
            assert reason
            break
        fresh = step == "fresh"
    assert len(done) <= policy.attempts
    assert sum(o.fresh for o in done) <= 1 + policy.fresh_starts


def test_contested_clauses_come_go_and_come_again() -> None:
    rows = outcomes(("s1", "a x"), ("s2", "b x"), ("s3", "a x"))
    assert contested(rows) == {"a"}
    assert contested(rows[:2]) == frozenset()
    assert contested([]) == frozenset()
