"""The solvers of whoever checks: what they answer, what they make of what was left out, and that one which lies is noticed (threat 23)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from z3 import (
    UGT,
    ULE,
    ULT,
    And,
    Array,
    BitVec,
    BitVecRef,
    BitVecSort,
    BitVecVal,
    BoolRef,
    Concat,
    Extract,
    If,
    Not,
    Or,
    Store,
    ZeroExt,
    substitute,
)

from toolchain.errors import CertificateError
from verifier.certificate.invariants import RIGHT, SMALL, WRONG, _unpacked
from verifier.certificate.recheck import is_contested
from verifier.engines.horn.engine import ask_process
from verifier.engines.horn.system import System
from verifier.engines.horn.worker import Rework, packed
from verifier.engines.job import Effort
from verifier.engines.symbolic import pruned, second, worker
from verifier.engines.symbolic.engine import RIGHT as TRUE_ONE
from verifier.engines.symbolic.engine import WRONG as FALSE_ONE
from verifier.engines.symbolic.engine import canary_task
from verifier.engines.symbolic.second import SecondSolver, ask_bitwuzla, ask_cvc5
from verifier.engines.symbolic.solve import VALUE, Solver, number, script, solve
from verifier.engines.symbolic.task import CONTESTED, UNDECIDED
from verifier.engines.symbolic.weaken import weaken
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


def sum_of_three(claim: BoolRef) -> str:
    """A total that is the sum of a balance and a rest, and stays below 2^256 when an amount is added: what the token's claims are like."""
    balances, key = Array("storage_1", BitVecSort(160), BitVecSort(256)), BitVec("sw_arg_to", 160)
    rest, total, amount = BitVec("rest", 416), BitVec("total", 256), BitVec("amount", 256)
    balance, low = balances[key], Extract(255, 0, rest)
    carry = ZeroExt(2, Extract(415, 256, rest)) + If(ULT(balance + low, low), BitVecVal(1, 162), BitVecVal(0, 162))
    conditions = [
        balance + low == total,
        carry == 0,
        ULE(total, total + amount),
        Array("other", BitVecSort(160), BitVecSort(256))[key] == 5,
    ]
    return script([*conditions, substitute(Not(claim), (X, balance), (Y, amount))], {"amount": amount}) + "(check-sat)\n"


def test_sums_of_words_are_decided_as_integers() -> None:
    right, wrong = ULE(Y, X + Y), ULT(Y, X + Y)
    weaker = weaken(sum_of_three(right))
    assert "Array" not in weaker and "other" not in weaker and "w_amount" not in weaker
    assert ask_cvc5(weaker, 2000, integers=True)[0] == "unsat"
    assert ask_cvc5(weaken(sum_of_three(wrong)), 2000, integers=True)[0] == "sat"
    assert SecondSolver(20).ask(sum_of_three(right))[0] == "unsat"
    assert SecondSolver(20).ask(sum_of_three(wrong))[0] == "sat"


def test_what_is_forgotten_proves_nothing() -> None:
    """Equal places hold equal words: the weaker question has a model, the question has none."""
    words, a, b = Array("words", BitVecSort(8), BitVecSort(8)), BitVec("a", 8), BitVec("b", 8)
    text = script([a == b, words[a] != words[b]], {}) + "(check-sat)\n"
    assert ask_cvc5(weaken(text), 2000, integers=True)[0] == "sat"
    assert SecondSolver(20).ask(text)[0] == "unsat"
    assert weaken(script([words == Store(words, a, b)], {})) == ""  # arrays remain
    assert weaken(script([BitVec("weaker_read_0", 8) == a], {})) == ""  # a name of ours is taken


def random_term(random: Random, depth: int) -> BitVecRef:
    if depth == 0 or random.random() < 0.15:
        return random.choice([*SMALL_WORDS, BitVecVal(random.randrange(16), 4)])
    a, b = (random_term(random, depth - 1) for _ in range(2))
    kind = random.randrange(6)
    if kind == 0:
        return If(random_condition(random, depth - 1), a, b)
    if kind == 1:
        return Concat(Extract(1, 0, a), Extract(3, 2, b))
    if kind == 2:
        return Extract(4, 1, ZeroExt(1, a) + ZeroExt(1, b))
    return [a + b, a - b, a * BitVecVal(random.randrange(16), 4)][kind - 3]


def random_condition(random: Random, depth: int) -> BoolRef:
    a, b = (random_term(random, depth) for _ in range(2))
    plain = random.choice([a == b, ULT(a, b), ULE(a, b), Not(a == b)])
    if depth == 0 or random.random() < 0.5:
        return plain
    other = random_condition(random, depth - 1)
    return random.choice([Or(plain, other), And(plain, other), Not(Or(plain, other))])


SMALL_WORDS = [BitVec(name, 4) for name in "abc"]


def test_random_questions_have_no_model_where_the_weaker_one_has_none() -> None:
    """bitwuzla sees the question as it is: a wrong `unsat` of the rewriting or of integers for words shows."""
    random = Random(7)
    answers: list[str] = []
    for _ in range(60):
        conditions = [random_condition(random, 2) for _ in range(random.randrange(2, 6))]
        if random.random() < 0.6:
            conditions += [random.choice(conditions), Not(random.choice(conditions))]
            random.shuffle(conditions)
        text = script(conditions, {}) + "(check-sat)\n"
        answers.append(ask_cvc5(weaken(text), 300, integers=True)[0])
        assert answers[-1] != "unsat" or ask_bitwuzla(text, 5000)[0] == "unsat", text
    assert answers.count("unsat") > 10 and answers.count("sat") > 5


def test_a_model_of_another_solver_stands_against_z3() -> None:
    """z3 has no say in a check: it took part in the proof."""
    assert not SecondSolver(5).held_against_z3 and Solver((), 5, {}).held_against_z3
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
