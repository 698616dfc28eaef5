"""One violation is enough where nothing else is asked of a contract, and a branch that is kept needs no proof."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from halmos.sevm import Path as PathOfHalmos
from z3 import UGT, ULT, And, BitVec, BoolRef, sat, unknown, unsat

from tests.verifier.test_symbolic import case_of
from verifier.engines.job import Effort
from verifier.engines.symbolic import corrections, engine, worker
from verifier.engines.symbolic.explore import Exploration, OnPath, PathRecord
from verifier.engines.symbolic.machine import branch_solver, options
from verifier.engines.symbolic.plan import Run, plan

X, Y = BitVec("x", 256), BitVec("y", 256)


def withdraw(name: str, folder: str, **changes: Any) -> Run:
    """Return the run of the vault's `withdraw`, `paid` before what else is asked."""
    asked = ("withdraw.paid", "withdraw.reachable", "withdraw.short")
    task = replace(engine._task(case_of("vault", folder, name), asked), **changes)
    served = worker._ready(0, task)
    assert served is not None
    return next(run for run in plan(served) if run.title == "withdraw")


def counted(run: Run, heard: list[PathRecord]) -> Run:
    def explore(on_path: OnPath) -> Any:
        def hear(path: PathRecord) -> None:
            heard.append(path)
            on_path(path)

        return run.explore(on_path=hear)

    return replace(run, explore=explore)


def test_an_exploration_ends_with_the_first_violation_of_what_is_fatal() -> None:
    run = withdraw("ChainId", "refuted", fatal=("withdraw.paid",))
    few: list[PathRecord] = []
    (row,) = worker.explore(counted(run, few), {})
    assert (row["obligation"], row["outcome"]) == ("withdraw.paid", "violated")
    every: list[PathRecord] = []
    *rows, notes = worker.explore(counted(replace(run, fatal=()), every), {})
    assert {r["obligation"]: r["outcome"] for r in rows}["withdraw.paid"] == "violated"
    assert notes["paths"] == len(every)
    assert 0 < len(few) < len(every)


def test_what_is_violated_and_not_fatal_ends_nothing() -> None:
    run = withdraw("PayIgnored", "refuted", fatal=("withdraw.short",))
    *rows, notes = worker.explore(run, {})
    assert {r["obligation"]: r["outcome"] for r in rows} == {
        "withdraw.paid": "violated",
        "withdraw.reachable": "holds",
        "withdraw.short": "holds",
    }
    assert notes["run"] == "withdraw"


def test_a_path_that_was_proved_is_not_asked_again() -> None:
    run = withdraw("Vault", "proved")
    *rows, notes = worker.explore(run, {})
    assert {r["outcome"] for r in rows} == {"holds"} and notes["queries"] > 1
    *again, later = worker.explore(run, dict.fromkeys(notes["proved"], "unsat"))
    assert [r["outcome"] for r in again] == [r["outcome"] for r in rows]
    assert later["queries"] == sum(bool(r["model"]) for r in rows), "only what needs a model is asked"


def test_no_two_explorations_of_a_contract_run_while_others_wait(tmp_path: Path) -> None:
    """One of them may make the other needless."""
    begun, before = tmp_path / "begun", tmp_path / "before"

    def run(number: int, act: Callable[[], object]) -> Run:
        def explore(on_path: OnPath) -> Exploration:
            act()
            return Exploration("", on_path=on_path)

        return Run(number, Effort(), ["false"], "", (), explore, fatal=("x",))

    def wait() -> None:
        while not begun.exists():
            time.sleep(0.01)

    first, second = run(1, wait), run(1, lambda: before.touch() if not begun.exists() else None)
    other = run(2, begun.touch)
    assert len(list(worker.run_all([first, second, other], 2, {}))) == 3
    assert not before.exists()


def test_an_exploration_without_an_end_is_ended_after_so_much_work() -> None:
    def explore(on_path: OnPath) -> Exploration:
        while True:
            pass

    without_end = Run(1, Effort(obligation_s=-4, solver_s=0), ["false"], "", ("f.x",), explore)
    ((_, (row,)),) = worker.run_all([without_end], 1, {})
    assert (row["outcome"], row["reason"]) == ("unknown", "time limit of -4 s")


@pytest.mark.parametrize(("found", "answer"), [(True, sat), (False, unknown)])
def test_a_model_of_another_solver_keeps_a_branch(found: bool, answer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Sequence[BoolRef]] = []

    def finds_model(conditions: Sequence[BoolRef]) -> bool:
        asked.append(conditions)
        return found

    monkeypatch.setattr(corrections, "_finds_model", finds_model)
    path = PathOfHalmos(branch_solver(options(4, 30_000)))
    path.append(ULT(BitVec("other", 256), 7))
    path.append(And(UGT(X, 1), ULT(X, 2**128), UGT(Y, 1), ULT(Y, 2**128)))
    assert path.check(X * Y == (2**127 - 1) * (2**89 - 1)) == answer  # z3 would have to find the factors
    assert [len(conditions) for conditions in asked] == [2], "what speaks of something else is not asked about"


def test_a_solver_that_finds_models_of_everything_keeps_no_branch_that_z3_excludes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corrections, "_finds_model", lambda _: True)
    path = PathOfHalmos(branch_solver(options(4, 30_000)))
    path.append(ULT(X, 5))
    assert path.check(UGT(X, 6)) == unsat


def test_the_limit_of_a_paths_solver_stays_what_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """A getter's paths are asked about on the same solver, with all of its work."""
    given: list[int] = []
    path = PathOfHalmos(branch_solver(options(4, 30_000)))
    monkeypatch.setattr(path.solver, "set", lambda **limits: given.append(limits["rlimit"]))
    path.check(UGT(X, 6))
    assert given == [corrections.SOON_WORK, corrections.BRANCHING_WORK]
