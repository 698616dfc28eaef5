"""The solvers of whoever checks: what they answer, what they make of what was left out, and that one which lies is noticed (threat 23)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from z3 import UGT, ULT, BitVec, BitVecVal, Not

from toolchain.errors import CertificateError
from verifier.certificate.invariants import RIGHT, SMALL, WRONG, _unpacked
from verifier.certificate.recheck import is_contested
from verifier.engines.horn.engine import ask_process
from verifier.engines.horn.systems import System
from verifier.engines.horn.worker import Rework, packed
from verifier.engines.job import Effort
from verifier.engines.symbolic import pruned, second, worker
from verifier.engines.symbolic.engine import RIGHT as TRUE_ONE
from verifier.engines.symbolic.engine import WRONG as FALSE_ONE
from verifier.engines.symbolic.engine import canary_task
from verifier.engines.symbolic.second import SecondSolver, ask_bitwuzla, ask_cvc5
from verifier.engines.symbolic.solve import VALUE, Solver, number, script, solve
from verifier.engines.symbolic.task import CONTESTED, UNDECIDED
from verifier.result import Result, Stamp
from verifier.verdict import combine

X, Y = BitVec("x", 256), BitVec("y", 256)
SOLVERS = [ask_bitwuzla, ask_cvc5]
Ask = Callable[[str, int], tuple[str, str]]
YICES_WRONG_SAT = Path(__file__).with_name("yices_wrong_sat.smt2")


@pytest.mark.parametrize("ask", SOLVERS)
def test_each_solver_answers_and_gives_values(ask: Ask) -> None:
    text = script([X + 1 == Y, Y == 7], {"a": X, "b": Y})
    answer, rest = ask(text + "(check-sat)\n(get-value (w_a w_b))\n", 5000)
    assert (answer, {n: number(v) for n, v in VALUE.findall(rest)}) == ("sat", {"w_a": 6, "w_b": 7})
    assert ask(script([ULT(X, Y), ULT(Y, X)], {}) + "(check-sat)\n", 5000)[0] == "unsat"


@pytest.mark.parametrize("ask", SOLVERS)
def test_what_a_solver_cannot_read_or_decide_is_no_answer(ask: Ask) -> None:
    assert ask("(set-logic QF_BV)\n(assert (undeclared x))\n(check-sat)\n", 5000)[0] == "failed"
    hard = script([BitVecVal((2**127 - 1) * (2**89 - 1), 256) == X * Y, UGT(X, 1), UGT(Y, 1), ULT(X, 1 << 128), ULT(Y, 1 << 128)], {})
    assert ask(hard + "(check-sat)\n", 50)[0] == "unknown"


@pytest.mark.parametrize("ask", SOLVERS)
def test_the_query_that_a_solver_of_proofs_got_wrong(ask: Ask) -> None:
    assert ask(YICES_WRONG_SAT.read_text().partition("(check-sat)")[0] + "(check-sat)\n", 20000)[0] == "unsat"


def test_a_model_of_another_solver_stands_against_z3() -> None:
    """z3 has no say in a check: it took part in the proof."""
    assert not SecondSolver.held_against_z3 and Solver.held_against_z3
    assert solve(SecondSolver(5), [ULT(X, 5)], ULT(X, 3), {"a": X}).answer == "violated"
    assert solve(SecondSolver(5), [ULT(X, 5)], ULT(X, 6), {"a": X}).answer == "valid"


def test_what_was_left_out_is_asked_again() -> None:
    pruned.keep_from_now()
    try:
        pruned.left_out([ULT(X, 5), ULT(Y, 1)], UGT(X, 9))
        assert pruned.unconfirmed(SecondSolver(5)) == ""
        pruned.left_out([ULT(X, 5), Not(ULT(X, 5))], None)
        assert pruned.unconfirmed(SecondSolver(5)) == ""
        pruned.left_out([ULT(X, 5)], UGT(X, 3))
        assert pruned.unconfirmed(SecondSolver(5)) == CONTESTED
    finally:
        pruned._kept = None
    pruned.left_out([ULT(X, 5)], UGT(X, 3))
    assert pruned._kept is None  # a proof keeps nothing


def test_solvers_that_contradict_each_other_are_a_conflict_and_silence_is_none() -> None:
    """Threat 24: what one solver called impossible and another finds possible is not asked again until somebody says yes."""
    stamp = Stamp("", "", "", "", "")
    contested = Result("o", "symbolic", "unknown", "none", stamp, CONTESTED)
    violated = Result("o", "symbolic", "violated", "proof", stamp)
    open_one = Result("o", "symbolic", "unknown", "none", stamp, UNDECIDED)
    assert (is_contested(contested), is_contested(violated), is_contested(open_one)) == (True, True, False)
    assert combine("o", [contested]).status == "UNKNOWN"


def canaries(capfd: pytest.CaptureFixture[str]) -> dict[str, str]:
    """Run the engine's canary by the solvers of a check, in forks of this process."""
    capfd.readouterr()
    try:
        worker.serve([replace(canary_task(), effort=Effort(second=True, evidence=True, obligation_s=20, solver_s=5))], {})
    finally:
        pruned._kept = None
    rows = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    return {row["obligation"]: row["outcome"] for row in rows if "obligation" in row}


def test_the_canaries_of_a_check(capfd: pytest.CaptureFixture[str]) -> None:
    assert canaries(capfd) == {FALSE_ONE: "violated", TRUE_ONE: "holds"}


@pytest.mark.attack
@pytest.mark.parametrize(
    ("lie", "found"),
    [
        (lambda text, limit: ("unsat", ""), {FALSE_ONE: "holds", TRUE_ONE: "holds"}),
        (lambda text, limit: ("sat", ""), {FALSE_ONE: "violated", TRUE_ONE: "violated"}),
        (lambda text, limit: ("unknown", "time limit"), {FALSE_ONE: "unknown", TRUE_ONE: "unknown"}),
        (lambda text, limit: ("failed", "garbage"), {FALSE_ONE: "unknown", TRUE_ONE: "unknown"}),
    ],
    ids=["unsat to everything", "sat to everything", "no answer", "garbage"],
)
def test_a_solver_that_lies_or_says_nothing_breaks_a_canary(
    lie: Ask, found: dict[str, str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in ("ask_bitwuzla", "ask_cvc5"):
        monkeypatch.setattr(second, name, lie)
    assert canaries(capfd) == found
    assert found != {FALSE_ONE: "violated", TRUE_ONE: "holds"}  # so that what the engine says counts for nothing


@pytest.mark.attack
def test_a_solver_that_crashes_ends_its_fork_alone(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    import os

    monkeypatch.setattr(second, "ask_bitwuzla", lambda text, limit: os.abort())
    assert canaries(capfd) == {FALSE_ONE: "unknown", TRUE_ONE: "unknown"}


def test_invariants_are_checked_in_a_process_of_its_own() -> None:
    given = tuple(
        (System(f"{i}", SMALL), text) for i, text in enumerate((RIGHT, WRONG, "", "(define-fun p ((x Int)) Bool (", RIGHT + RIGHT))
    )
    rows = {row["obligation"]: row["verdict"] for row in ask_process("recheck", Rework(given, 1024, 2), Effort()) if "obligation" in row}
    assert rows == {"0": "valid", "1": "wrong", "2": "open", "3": "open", "4": "open"}


@pytest.mark.attack
@pytest.mark.parametrize("text", ["!", "AAAA", packed("x")[:-4], packed("x") + packed("y"), packed("\0" * ((64 << 20) + 1))], ids=range(5))
def test_what_is_packed_badly_or_is_a_bomb(text: str) -> None:
    with pytest.raises(CertificateError, match=r"^x\.json cannot be read"):
        _unpacked("x.json", text)
