"""`combine` is total, independent of order and never optimistic; `conclude` takes PROVED from what leans on something unproved."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations, product

import pytest

from verifier.canary import FALSE, TRUE, canaries
from verifier.counterexample import Counterexample
from verifier.judge import EngineRun, counting
from verifier.obligation import Ledger, Obligation
from verifier.result import EngineId, Outcome, Result, Stamp, Strength
from verifier.verdict import Status, combine, conclude

STAMP = Stamp("s", "a", "h", "e", "o")
REACHED = Counterexample("f.x", (), True, True, "broken")
DOUBTED = Counterexample("f.x", (), True, False, "broken")
INDUCTION = Counterexample("f.x", (), False, False, "broken")


def result(
    engine: EngineId, outcome: Outcome, strength: Strength = "none", witness: Counterexample | None = None, reason: str = ""
) -> Result:
    return Result("f.x", engine, outcome, strength, STAMP, reason, counterexample=witness)


ANSWERS = {
    "proof": result("symbolic", "holds", "proof"),
    "bounded": result("symbolic", "holds", "bounded", reason="loops were followed 4 times"),
    "induction": result("symbolic", "violated", "proof", INDUCTION),
    "unknown": result("symbolic", "unknown", reason="time limit"),
    "failed": result("symbolic", "failed", reason="it died"),
    "vacuous": result("symbolic", "vacuous", reason="it can never succeed"),
    "test": result("fuzz", "holds", "test"),
    "untried": result("fuzz", "unknown", reason="never exercised"),
    "reached": result("fuzz", "violated", "test", REACHED),
    "doubted": result("fuzz", "violated", "test", DOUBTED),
    "horn": result("horn", "holds", "proof"),
    "torn": result("horn", "conflict", reason="z3 says safe, cvc5 finds its invariant wrong"),
    "inspection": result("static", "violated", "proof", reason="an undeclared function"),
}
ALONE: dict[str, Status] = {
    "proof": "PROVED",
    "bounded": "BOUNDED",
    "induction": "UNKNOWN",
    "unknown": "UNKNOWN",
    "failed": "UNKNOWN",
    "vacuous": "VACUOUS",
    "test": "TESTED",
    "untried": "UNKNOWN",
    "reached": "REFUTED",
    "doubted": "UNKNOWN",
    "horn": "PROVED",
    "torn": "CONFLICT",
    "inspection": "REFUTED",
}


def expected(names: set[str]) -> Status:
    """Say it again, in the order of style.md."""
    if "inspection" in names:
        return "REFUTED"
    if "torn" in names:
        return "CONFLICT"
    if "reached" in names:
        return "CONFLICT" if names & {"proof", "horn"} else "REFUTED"
    if "doubted" in names:
        return "UNKNOWN"
    if names & {"proof", "horn"}:
        return "PROVED"
    if "vacuous" in names:
        return "VACUOUS"
    if "induction" in names:
        return "UNKNOWN"
    if "bounded" in names:
        return "BOUNDED"
    return "TESTED" if names == {"test"} else "UNKNOWN"


def test_no_result_is_unknown() -> None:
    assert combine("f.x", ()).status == "UNKNOWN"


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_one_answer(name: str) -> None:
    assert combine("f.x", [ANSWERS[name]]).status == ALONE[name]


@pytest.mark.parametrize(("one", "other"), list(product(sorted(ANSWERS), repeat=2)))
def test_all_pairs(one: str, other: str) -> None:
    for rows in permutations([ANSWERS[one], ANSWERS[other]]):
        assert combine("f.x", rows).status == expected({one, other})


def test_a_test_that_did_not_compile_is_not_called_a_replay() -> None:
    uncompiled = replace(ANSWERS["doubted"], counterexample=replace(DOUBTED, compiled=False))
    assert combine("f.x", [uncompiled]).status == "UNKNOWN"
    assert combine("f.x", [uncompiled]).reason == "fuzz found a counterexample whose test did not compile"
    assert combine("f.x", [ANSWERS["doubted"]]).reason == "fuzz found a counterexample that did not replay on the EVM"


def test_answers_about_others_do_not_count() -> None:
    assert combine("f.y", ANSWERS.values()).status == "UNKNOWN"


def test_a_proof_names_its_engines_and_a_conflict_keeps_both() -> None:
    assert combine("f.x", [ANSWERS["horn"], ANSWERS["proof"]]).proved_by == ("horn", "symbolic")
    verdict = combine("f.x", [ANSWERS["proof"], ANSWERS["reached"]])
    assert verdict.proved_by == ("symbolic",)
    assert verdict.counterexample is REACHED


def obligation(id: str, *leans: str) -> Obligation:
    return Obligation(id, "ensures", "f", "", "", 0, leans)


def test_a_proof_counts_with_all_that_it_leans_on() -> None:
    rows = (obligation("a", "b"), obligation("b", "all"), obligation("c"), obligation("d", "missing"), obligation("e", "d"))
    ledger = Ledger("s", "a", rows, (), (("all", ("b", "c")),))
    proved = [Result(o.id, "symbolic", "holds", "proof", STAMP) for o in rows]
    assert {k: v.status for k, v in conclude(ledger, proved).items()} == {
        "a": "PROVED",
        "b": "PROVED",
        "c": "PROVED",
        "d": "UNKNOWN",
        "e": "UNKNOWN",
    }
    verdicts = conclude(ledger, [r for r in proved if r.obligation != "c"])
    assert [verdicts[x].status for x in "abc"] == ["UNKNOWN", "UNKNOWN", "UNKNOWN"]
    assert verdicts["b"].reason == "its proof leans on c, which is UNKNOWN"


def test_a_proof_that_leans_on_something_broken_is_no_dissent() -> None:
    rows = (obligation("a", "b"), obligation("b"))
    ledger = Ledger("s", "a", rows, (), ())
    proof, reached = (replace(ANSWERS[x], obligation="a") for x in ("proof", "reached"))
    broken = replace(ANSWERS["reached"], obligation="b")
    verdict = conclude(ledger, [proof, reached, broken])["a"]
    assert (verdict.status, verdict.proved_by) == ("REFUTED", ())
    assert verdict.counterexample is REACHED
    assert conclude(ledger, [proof, reached, replace(proof, obligation="b")])["a"].status == "CONFLICT"


def test_a_missed_canary_says_why_its_engine_failed_and_no_other_does() -> None:
    failed, fine = canaries("symbolic", {FALSE: "violated"}, "it ended with 9")[::-1]
    assert failed.tell() == f"symbolic/{TRUE}: expected holds, found missing: it ended with 9"
    assert (fine.intact, fine.reason) == (True, "")


def test_what_an_engine_accepted_counts_for_nothing_where_a_canary_was_missed() -> None:
    """And the reason says so; what it says for not knowing, and what it found, stay."""
    missed = canaries("symbolic", {FALSE: "holds", TRUE: "holds"})
    for name, answer in ANSWERS.items():
        if answer.engine == "symbolic":
            (left,) = counting([EngineRun((answer,), missed)])
            assert left == answer if answer.outcome != "holds" else left.outcome == "failed", name
            assert combine("f.x", [left]).status not in {"PROVED", "BOUNDED"}
    (left,) = counting([EngineRun((ANSWERS["proof"],), missed)])
    assert "canaries was missed" in combine("f.x", [left]).reason
    assert (
        combine("f.x", counting([EngineRun((ANSWERS["proof"],), canaries("symbolic", {FALSE: "violated", TRUE: "holds"}))])).status
        == "PROVED"
    )
