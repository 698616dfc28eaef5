"""When the Horn engine is asked what, and what its proof counts for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from specs.parse import parse
from toolchain.sources import import_sources
from verifier.judge import Candidate, Case, JudgeOptions, judge_case, prepare
from verifier.sparing import beyond_a_bound, is_sparing

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
BOTH = JudgeOptions(engines=("symbolic", "horn"), reach=False)
#: That `_b` is zero follows from all calls together; of any one state it is not known.
SPECIFICATION = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @title Steps
/// @custom:deploy ()
/// @custom:invariant small: a() <= 100
interface Steps {
    function a() external view returns (uint256);
    /// @custom:modifies a()
    /// @custom:succeeds never -- it depends
    function step() external;
}
"""
SOURCE = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Steps {
    uint256 public a;
    uint256 private _b;
    function step() external {
        require(a < 100);
        a += 1;
        if (_b != 0) a = 1000;
    }
}
"""


def corpus_case(kind: str, path: str) -> Case:
    source = CORPUS / kind / path
    specification = parse(next((CORPUS / kind).glob("*.spec.sol")))
    return prepare(specification, Candidate(import_sources(source, root=CORPUS / kind), specification.name), JudgeOptions())


def steps_case(folder: Path) -> Case:
    (folder / "Steps.spec.sol").write_text(SPECIFICATION)
    (folder / "Steps.sol").write_text(SOURCE)
    tree = import_sources(folder / "Steps.sol", root=folder)
    return prepare(parse(folder / "Steps.spec.sol"), Candidate(tree, "Steps"), JudgeOptions())


def test_it_waits_for_the_symbolic_engine_unless_it_is_named() -> None:
    assert is_sparing(JudgeOptions())
    assert not is_sparing(JudgeOptions(everything=True))
    assert not is_sparing(JudgeOptions(engines=("horn",)))
    assert not is_sparing(JudgeOptions(engines=("symbolic",)))


def test_what_may_have_no_bound_is_asked_at_once() -> None:
    assert beyond_a_bound(corpus_case("vault", "proved/Vault.sol")) == ()
    found = beyond_a_bound(corpus_case("loops/settlement", "proved/Settlement.sol"))
    assert {"settle.grows", "settle.capped", "settle.frame(cap)"} <= set(found)
    assert not any(id.startswith(("constructor.", "stable(")) or id.endswith((".pays", ".reachable")) for id in found)


def test_what_is_not_inductive_alone_is_proved_by_all_calls_together(tmp_path: Path) -> None:
    case = steps_case(tmp_path)
    judgement = judge_case(case, BOTH)
    said = {r.engine: r.outcome for r in judgement.results if r.obligation == "step.small"}
    assert said == {"symbolic": "violated", "horn": "holds"}
    assert judgement.verdicts["step.small"].status == "PROVED"
    assert judgement.verdicts["step.small"].proved_by == ("horn",)
    asked = {r.obligation for r in judgement.results if r.engine == "horn"}
    assert asked == {"step.small"}, "what symbolic proves is not asked again"
    assert sum(c.engine == "horn" for c in judgement.canaries) == 2
    everything = judge_case(case, replace(BOTH, everything=True))
    assert everything.verdicts["constructor.small"].proved_by == ("horn", "symbolic")


def test_nothing_is_asked_where_nothing_is_open(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    case = steps_case(tmp_path / "x")
    source = SOURCE.replace("        if (_b != 0) a = 1000;\n", "")
    (tmp_path / "Steps.sol").write_text(source)
    tree = import_sources(tmp_path / "Steps.sol", root=tmp_path)
    easy = prepare(case.job.specification, Candidate(tree, "Steps"), JudgeOptions())
    judgement = judge_case(easy, BOTH)
    assert not any(c.engine == "horn" for c in judgement.canaries)
    assert {r.engine for r in judgement.results} == {"symbolic", "static"}
