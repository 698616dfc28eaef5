"""A contradiction keeps both sides: what was proved and what speaks against it (threat 24)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from specs.parse import parse
from tests.feedback.bench import CONTRACT, SPECIFICATION
from toolchain.sources import import_sources
from verifier import judge
from verifier.counterexample import Call, Counterexample
from verifier.engines.horn import engine as horn
from verifier.engines.horn.engine import certified
from verifier.engines.horn.system import System
from verifier.engines.horn.worker import packed, unpacked
from verifier.engines.job import Effort
from verifier.judge import Candidate, Case, EngineRun, JudgeOptions, Tell, judge_case, prepare
from verifier.result import Result, Stamp

ID = "increase.up"
BROKEN = Counterexample(
    ID,
    (Call("constructor", "deploy()", "0x00", 0, "", kind="deploy"),),
    reached=True,
    replayed=True,
    message="n() is 2",
    test="contract T { }",
)


def case_of(folder: Path, options: JudgeOptions) -> Case:
    (folder / "Counter.spec.sol").write_text(SPECIFICATION)
    (folder / "Counter.sol").write_text(CONTRACT)
    return prepare(parse(folder / "Counter.spec.sol"), Candidate(import_sources(folder / "Counter.sol", root=folder), "Counter"), options)


def lying(case: Case, _: Tell, __: object = ()) -> EngineRun:
    """Answer as a fuzzer would that found calls which break what is proved."""
    stamp = Stamp(case.job.specification.digest, case.job.ledger.artifact, "", "forge", "")
    return EngineRun((Result(ID, "fuzz", "violated", "test", stamp, counterexample=BROKEN),))


def agreeing(case: Case, _: Tell, __: object = ()) -> EngineRun:
    """Call everything proved."""
    stamp = Stamp(case.job.specification.digest, case.job.ledger.artifact, "", "symbolic", "")
    return EngineRun(
        tuple(Result(o.id, "symbolic", "holds", "proof", stamp) for o in case.job.ledger.obligations if o.kind != "undeclared")
    )


def test_a_proof_that_calls_break_is_kept_with_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Real proofs by both engines; nothing is remembered between runs, and yet all of it is there."""
    monkeypatch.setitem(judge.ENGINES, "fuzz", lying)
    options = JudgeOptions(engines=("fuzz", "symbolic", "horn"), everything=True, conflicts=tmp_path / "conflicts")
    found = judge_case(case_of(tmp_path, options), options).verdicts[ID]
    assert (found.status, set(found.proved_by)) == ("CONFLICT", {"symbolic", "horn"})
    (place,) = (tmp_path / "conflicts").iterdir()
    assert found.reason.endswith(f"; both sides are kept in {place}")
    names = {p.relative_to(place).as_posix() for p in place.rglob("*") if p.is_file()}
    assert names >= {
        "specification/Counter.spec.sol", "compiler-input.json", "results.json", "counterexample.t.sol", f"evidence/horn/{ID}.json",
        "evidence/symbolic/increase.smt2",
    }  # fmt: skip
    assert {n for n in names if n.startswith("evidence/horn/")} == {f"evidence/horn/{ID}.json"}
    assert (place / "counterexample.t.sol").read_text() == BROKEN.test
    record = json.loads((place / f"evidence/horn/{ID}.json").read_text())
    assert "(declare-fun" in unpacked(record["system"]) and "(define-fun" in unpacked(record["invariant"])
    assert "(check-sat)" in (place / "evidence/symbolic/increase.smt2").read_text()
    assert {(r["engine"], r["outcome"]) for r in json.loads((place / "results.json").read_text())} >= {
        ("fuzz", "violated"),
        ("symbolic", "holds"),
        ("horn", "holds"),
    }


@pytest.mark.parametrize("way", ["direct", "loops", "spacer"])
def test_an_invariant_that_is_found_wrong_is_a_conflict_and_is_kept(way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = {
        "obligation": f"0:{ID}",  # of the first case
        "outcome": "wrong",
        "way": way,
        "clauses": 3,
        "invariant": packed("(define-fun p () Bool true)"),
        "time_s": 1.0,
    }
    row |= {"reasons": [f"{way}: clause 2 of 3 does not hold"]}
    honest = horn.ask

    def ask(batches: tuple[object, ...], effort: Effort) -> list[dict[str, object]]:
        answers = [dict(r) for r in honest(batches[:1], effort)]  # type: ignore[arg-type]
        return [*answers, row]

    monkeypatch.setattr(horn, "ask", ask)
    options = JudgeOptions(engines=("horn",), everything=True, conflicts=tmp_path / "conflicts")
    found = judge_case(case_of(tmp_path, options), options).verdicts[ID]
    assert found.status == "CONFLICT"
    assert "z3 says safe, cvc5 finds its invariant wrong" in found.reason
    (place,) = (tmp_path / "conflicts").iterdir()
    record = json.loads((place / f"evidence/horn/{ID}.json").read_text())
    assert record["found"] == f"{way}: clause 2 of 3 does not hold"
    assert "(declare-fun" in unpacked(record["system"])


def test_what_cannot_be_kept_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(judge.ENGINES, "fuzz", lying)
    monkeypatch.setitem(judge.ENGINES, "symbolic", agreeing)
    (tmp_path / "file").write_text("")
    options = JudgeOptions(engines=("fuzz", "symbolic"), reach=False, conflicts=tmp_path / "file")
    found = judge_case(case_of(tmp_path, options), options).verdicts[ID]
    assert found.status == "CONFLICT"
    assert "neither side could be kept in" in found.reason


def test_a_record_of_a_proof_says_nothing_of_a_fault() -> None:
    row = {"obligation": ID, "outcome": "proved", "clauses": 3, "invariant": packed("x"), "reasons": ["direct: the time limit"]}
    assert "found" not in json.loads(certified(row, System(ID, "(assert true)"))[1])
    assert json.loads(certified(replace_outcome(row), System(ID, "(assert true)"))[1])["found"] == "direct: the time limit"


def replace_outcome(row: dict[str, object]) -> dict[str, object]:
    return {**row, "outcome": "wrong"}
