"""Solvers are not believed alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from z3 import ULE, ULT, And, BitVec, BitVecSort, Bool, Function, Or, is_and, parse_smt2_string, unknown, unsat
from z3 import Solver as SmtSolver

from verifier.engines.symbolic import solve as module
from verifier.engines.symbolic.machine import options
from verifier.engines.symbolic.solve import Solver, conjuncts, solve

QUERY = Path(__file__).with_name("yices_wrong_sat.smt2")


@pytest.fixture
def solver() -> Solver:
    return Solver(options(4, 1000).resolved_solver_command, 30, {})


def test_a_model_that_is_none_is_refuted(solver: Solver) -> None:
    """yices 2.6.4 answers `sat` to this query;

    z3 and bitwuzla say that it has no model. Whatever yices says one day, the answer is `valid`.
    """
    said = subprocess.run([*solver.command, str(QUERY)], capture_output=True, text=True, check=False).stdout.split()[0]
    assert said in {"sat", "unsat"}
    conditions = [*parse_smt2_string(QUERY.read_text())]
    *path, goal = [c for c in conditions if "w_s0" not in c.sexpr()]
    assert goal.decl().name() == "not"
    assert solve(solver, path, goal.arg(0), {}).answer == "valid"


def test_a_violation_comes_with_its_model(solver: Solver) -> None:
    x = BitVec("x", 8)
    answer = solve(solver, [x > 3], x != 7, {"x": x})
    assert answer.answer == "violated"
    assert answer.model == {"w_x": 7}


def test_a_model_is_held_against_z3_with_the_values_of_everything(solver: Solver, monkeypatch: pytest.MonkeyPatch) -> None:
    """z3 then only has to look; to find a model of its own takes it seconds where sums are."""
    asked: list[str] = []
    z3_says = module._ask_z3

    def ask_z3(text: str, limit_ms: int) -> Any:
        asked.append(text)
        return z3_says(text, limit_ms)

    monkeypatch.setattr(module, "_ask_z3", ask_z3)
    x, y = BitVec("x", 8), BitVec("odd name", 8)
    assert solve(solver, [x > 3, x + y == 9], y != 2, {"x": x}).model == {"w_x": 7}
    values = ("(assert (= x (_ bv7 8)))", "(assert (= |odd name| (_ bv2 8)))", "(assert (= w_x (_ bv7 8)))")
    assert asked[-1].splitlines()[-3:] == [*values]


def test_models_of_products_have_small_factors_where_such_do(solver: Solver) -> None:
    """What a share of a pool is worth: among all words it takes yices long to find one, in a whole contract minutes."""
    word = BitVecSort(256)
    times, over = (Function(f"f_evm_{name}_256", word, word, word) for name in ("bvmul", "bvudiv"))
    shares, supply, assets = (BitVec(name, 256) for name in ("shares", "supply", "assets"))
    product = times(shares, assets + 1)
    paid = over(product, supply + 1)
    path = [
        ULT(assets, assets + 1),
        ULT(supply, supply + 1),
        Or(shares == 0, over(product, shares) == assets + 1),
        ULE(shares, supply),
        ULT(5, shares),
        ULE(supply, assets),
    ]
    found = solve(solver, path, ULE(paid, 5), {"shares": shares, "supply": supply, "assets": assets})
    assert found.answer == "violated"
    a, s, b = (found.model[f"w_{x}"] for x in ("shares", "supply", "assets"))
    assert max(a, s, b) < module.SMALL
    assert a * (b + 1) // (s + 1) > 5


def test_a_solver_that_prints_garbage_is_no_answer() -> None:
    x = BitVec("x", 8)
    answer = solve(Solver(["echo", "unsat-ish"], 30, {}), [x > 3], x != 7, {"x": x})
    assert answer.answer == "unknown"
    assert "unsat-ish" in answer.reason


def test_a_solver_that_says_unsat_to_everything_is_caught() -> None:
    x = BitVec("x", 8)
    answer = solve(Solver(["echo", "unsat\n"], 30, {}), [x > 3], x != 7, {"x": x})
    assert answer.answer == "unknown"
    assert "z3 finds a model" in answer.reason


def test_what_z3_contradicts_is_known_to_nobody_later(monkeypatch: pytest.MonkeyPatch) -> None:
    x = BitVec("x", 8)
    wrong = Solver(["echo", "unsat\n"], 30, {})
    assert solve(wrong, [x > 3], x != 7, {"x": x}).answer == "unknown"
    assert not wrong.proved
    monkeypatch.setattr(module, "_ask_z3", lambda *_: unknown)  # the next time z3 may have no time
    assert solve(wrong, [x > 3], x != 7, {"x": x}).answer == "unknown"
    assert solve(Solver(["echo", "sat\n"], 30, dict.fromkeys(wrong.proved, "unsat")), [x > 3], x != 7, {"x": x}).answer == "violated"


def test_a_claim_is_taken_apart_where_conjunctions_are() -> None:
    a, b, c, d = (Bool(n) for n in "abcd")
    claim = And(a, Or(b, And(c, Or(d, And(a, c)))))
    parts = list(conjuncts(claim))
    assert len(parts) == 4
    assert not any(is_and(x) for part in parts for x in (part, *part.children()))
    check = SmtSolver()
    check.add(claim != And(*parts))
    assert check.check() == unsat


def test_what_yices_does_not_decide_z3_may_prove_and_never_refute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SOON_S", 0.1)
    x, y = BitVec("x", 256), BitVec("y", 256)
    silent = Solver(["sh", "-c", "sleep 60"], 0.2, {})
    assert solve(silent, [ULT(x, y), ULT(y, 10)], ULT(x, 9), {}).answer == "valid"
    assert solve(silent, [ULT(x, y), ULT(y, 10)], ULT(x, 8), {"x": x}).answer == "unknown"
    assert (
        solve(Solver(["sh", "-c", "sleep 60"], 0.2, {}, held_against_z3=False), [ULT(x, y), ULT(y, 10)], ULT(x, 9), {}).answer == "unknown"
    )


def test_a_limit_is_of_work_and_not_of_time() -> None:
    assert Solver(["sh", "-c", "sleep 1.5; echo unsat"], 1, {}).ask("(check-sat)") == ("unsat", "")
    assert Solver([sys.executable, "-c", "while True: pass"], 1, {}).ask("(check-sat)") == ("unknown", "time limit")


class Busy(Solver):
    """The real solver on a machine that is too busy for its first two questions: the whole, soon, and a part."""

    left = 2
    held_against_z3 = False

    def ask(self, text: str, time_s: float | None = None) -> tuple[str, str]:
        if self.left:
            self.left -= 1
            return "unknown", "time limit"
        return super().ask(text, time_s)


def test_what_is_not_decided_part_by_part_is_asked_again_as_a_whole(solver: Solver) -> None:
    x, y = BitVec("x", 256), BitVec("y", 256)
    busy = Busy(solver.command, 30, {})
    assert solve(busy, [ULT(x, y), ULT(y, 10)], And(ULT(x, 9), x + y != 19), {}).answer == "valid"
    assert not busy.left
