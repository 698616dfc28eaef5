"""How the Horn engine's forks end: with an answer, or within their limits of processor time and memory; and what an answer is worth."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

import pytest

from verifier.engines.horn import worker
from verifier.engines.horn.check import Checked
from verifier.engines.horn.engine import ask_process, canary_batches
from verifier.engines.horn.solve import Found, goal_name
from verifier.engines.horn.system import System
from verifier.engines.horn.unfold import Unfolding
from verifier.engines.horn.worker import Work, forked, solve, warm
from verifier.engines.job import Effort

SMALL = "(set-logic HORN)(declare-fun p (Int) Bool)(assert (p 0))(assert (forall ((x Int)) (=> (and (p x) (< x 0)) false)))"
WORK = Work((), 1, 512, 1)


def turn() -> None:
    while True:
        pass


def swell() -> int:
    return len([bytearray(1 << 20) for _ in range(4096)])


def stubborn() -> None:
    """Neither use the processor nor end."""
    time.sleep(3600)


@pytest.mark.attack
@pytest.mark.parametrize(
    ("task", "found"),
    [
        (lambda: {"n": 7}, {"n": 7}),
        (turn, None),
        (stubborn, None),
        (swell, ("MemoryError: ",)),
        (os.abort, None),
        (lambda: os._exit(0), None),
        (lambda: int("x"), ("ValueError: invalid literal for int() with base 10: 'x'",)),
    ],
    ids=["answers", "turns for ever", "sleeps for ever", "swells", "crashes", "says nothing", "raises"],
)
def test_a_fork_ends(task: Callable[[], Any], found: object, monkeypatch: pytest.MonkeyPatch) -> None:
    honest, children = os.fork, list[int]()

    def fork() -> int:
        children.append(honest())
        return children[-1]

    monkeypatch.setattr(os, "fork", fork)
    assert forked(task, 1, 512) == found
    (child,) = children
    with pytest.raises(ChildProcessError):  # it is gone, and no zombie
        os.waitpid(child, os.WNOHANG)


def test_what_is_unfolded_for_all_may_be_late_wherever_it_is() -> None:
    """Each system is then unfolded by itself, by whatever was not done."""
    system = canary_batches()[0].systems[0]
    goal = goal_name(system.text)
    late = 0
    for n in range(10):
        unfolding = Unfolding(system.text)
        warm(unfolding, system, n / 100)
        late += goal not in unfolding.known
    assert late, "it was never late"
    unfolding.unfold(unfolding.cone(goal))
    assert unfolding.known[goal]


def answering(monkeypatch: pytest.MonkeyPatch, found: list[Found], checked: list[Any]) -> dict[str, Any]:
    """Let each way of solving and each check say what is given, and return the row."""
    said = iter([x for pair in zip(found, checked, strict=True) for x in pair if x is not None])
    monkeypatch.setattr(worker, "forked", lambda *_: next(said))
    return solve(Unfolding(SMALL), System("f.x", SMALL), WORK)


SAFE, LATER = (
    Found("safe", "loops", "(define-fun p ((x Int)) Bool true)"),
    Found("safe", "spacer", "(define-fun p ((x Int)) Bool (>= x 0))"),
)


def test_an_invariant_that_is_found_wrong_ends_it_whichever_way_found_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also if another way would bring a right one: z3 called safe what is not shown to be."""
    row = answering(monkeypatch, [SAFE, LATER], [Checked("wrong", 2, "clause 2 of 2 does not hold"), Checked("valid", 2)])
    assert (row["outcome"], row["way"], row["reasons"]) == ("wrong", "loops", ["loops: clause 2 of 2 does not hold"])


@pytest.mark.parametrize("checked", [Checked("open", 2, "clause 1 of 2: unknown"), None, ("ValueError: cvc5 cannot read the check",)])
def test_an_invariant_that_is_not_confirmed_is_no_proof(checked: object, monkeypatch: pytest.MonkeyPatch) -> None:
    said = iter([SAFE, checked, LATER, checked])
    monkeypatch.setattr(worker, "forked", lambda *_: next(said))
    row = solve(Unfolding(SMALL), System("f.x", SMALL), WORK)
    assert row["outcome"] == "open"
    assert len(row["reasons"]) == 2


def test_z3_that_calls_everything_safe_proves_nothing() -> None:
    """Through the engine's process: an invariant of no solver's, and cvc5's word on it."""
    wrong = System("f.x", SMALL.replace("(p 0)", "(p (- 1))"))
    rows = [*ask_process("recheck", worker.Rework(((wrong, SAFE.invariant),), 512, 1), Effort())]
    assert [r["verdict"] for r in rows if "obligation" in r] == ["wrong"]
