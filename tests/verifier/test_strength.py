"""The strength of specifications, on real engines: what kills a mutant, what does not, and what is only counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from specs.parse import parse
from toolchain.errors import SourceError
from toolchain.solc import Contract
from toolchain.sources import import_sources
from verifier import strength
from verifier.engines.job import Effort
from verifier.judge import Candidate, Case, Judgement, JudgeOptions, judge, prepare
from verifier.mutants.affected import is_promise
from verifier.mutants.edit import Mutant
from verifier.mutants.found import Found, Strength
from verifier.mutants.killers import Sampler, campaigns
from verifier.mutants.write import write_mutants
from verifier.strength import StrengthOptions, measure, measure_case

SPECIFICATION = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @title A counter that its owner sets back
/// @custom:deploy ()
/// @custom:initially new: count() == 0
/// @custom:invariant small: count() <= 100
interface Meter {
    function count() external view returns (uint256);
    /// @custom:reverts full: count() >= 100
    /// @custom:changes counted: count() by +1
    /// @custom:succeeds otherwise
    function bump() external;
    /// @custom:modifies count()
    /// @custom:ensures zero: count() == 0
    /// @custom:succeeds otherwise
    function reset() external;
}
"""
METER = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Meter {
    uint256 public count;
    function bump() external { require(count < 100); count += 1; }
    function reset() external { count = 0; }
}
"""
CORPUS = Path(__file__).parents[1] / "corpus"
OPTIONS = JudgeOptions(effort=Effort(jobs=2), engines=("symbolic",), reach=False)


def judged(tmp_path: Path, specification: str, source: str, options: JudgeOptions = OPTIONS) -> tuple[Judgement, Candidate]:
    (tmp_path / "Meter.spec.sol").write_text(specification)
    (tmp_path / "Meter.sol").write_text(source)
    candidate = Candidate(import_sources(tmp_path / "Meter.sol", root=tmp_path), "Meter")
    return judge(parse(tmp_path / "Meter.spec.sol"), candidate, options), candidate


def only(monkeypatch: pytest.MonkeyPatch, wanted: Callable[[Mutant], bool]) -> None:
    """Let no other mutants be judged than those that a test is about."""
    monkeypatch.setattr(strength, "write_mutants", lambda *given, **chosen: tuple(filter(wanted, write_mutants(*given, **chosen))))


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> tuple[Judgement, Candidate]:
    """Judge the right contract once for those who only read how it was judged."""
    return judged(tmp_path_factory.mktemp("right"), SPECIFICATION, METER)


def measured(tmp_path: Path, specification: str, source: str = METER, seed: str = "0", cache: Path | None = None) -> Strength:
    options = replace(OPTIONS, cache=cache)
    return measure(*judged(tmp_path, specification, source, options), StrengthOptions(seed), options)


def test_a_specification_that_says_everything_refuses_every_mutant(right: tuple[Judgement, Candidate]) -> None:
    found = measure(*right, StrengthOptions("0"), OPTIONS)
    assert found.judged and [(j.mutant.id, j.found) for j in found.survivors()] == []
    assert found.meets(0.9)
    assert {j.found.killer for j in found.judged} == {"fuzz", "symbolic"}, "no sample counts to a hundred"


def test_what_a_specification_does_not_say_survives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, lambda m: m.operator == "statement deleted")
    weak = SPECIFICATION.replace("    /// @custom:changes counted: count() by +1\n", "    /// @custom:modifies count()\n")
    found = measured(tmp_path, weak)
    survivors = {(j.mutant.line, j.mutant.operator, j.found.fate) for j in found.survivors()}
    assert (5, "statement deleted", "accepted") in survivors
    assert not found.meets(1.0)
    gone = next(j for j in found.survivors() if j.mutant.operator == "statement deleted")
    assert "+    function bump() external { require(count < 100); {} }" in gone.diff


def test_a_view_that_the_interface_lacks_is_left_alone(tmp_path: Path) -> None:
    """Nothing can be promised of it, so no specification is weak for what it says."""
    more = METER.replace(
        "    function reset", "    function doubled() external view returns (uint256) { return count * 2; }\n    function reset"
    )
    assert not [j for j in measured(tmp_path, SPECIFICATION, more).judged if j.mutant.line == 6]


def test_no_sample_is_needed_where_a_solver_finds_the_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, lambda m: m.operator == "branch omitted")
    magic = METER.replace("count = 0;", "if (block.number != 77777777) count = 0; else count = 0;")
    found = measured(tmp_path, SPECIFICATION, magic)
    rare = [j for j in found.judged if j.mutant.operator == "branch omitted" and "else {}" in j.diff]
    assert [(j.found.killer, j.found.obligation) for j in rare] == [("symbolic", "reset.zero")]


def test_a_view_that_changed_is_sampled_as_closely_as_a_function() -> None:
    folder = CORPUS / "library-vesting"
    specification = parse(folder / "Plan.spec.sol")
    tree = import_sources(folder / "proved" / "Plan.sol", root=folder)
    case = prepare(specification, Candidate(tree, "Plan"), JudgeOptions())
    n, view = next((n, f) for n, f in enumerate(specification.functions) if f.name == "vestedAmount")
    runs = {c.focus: c.runs for c in campaigns(case, Mutant("m", "Plan.sol", 1, "comparison", 0, 0, "", (view.selector,)))}
    others = [m for m, f in enumerate(specification.functions) if not f.is_view]
    assert all(runs[n] > runs[m] > 0 for m in others)


def test_breaking_a_lemma_alone_kills_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, lambda m: m.replacement == "(1 + 1)")
    noted = METER.replace("contract Meter {", "contract Meter {\n    /// @custom:lemma noted: seen <= 1\n    uint256 seen;").replace(
        "count = 0;", "count = 0; seen = 1;"
    )
    found = measured(tmp_path, SPECIFICATION, noted)
    mine = [j for j in found.judged if "seen = (1 + 1)" in j.diff]
    assert [(j.found.fate, j.found.reason) for j in mine] == [("undecided", "reset.lemma.noted is violated")]


def test_the_sets_are_disjoint_and_the_seed_decides(right: tuple[Judgement, Candidate]) -> None:
    judgement, candidate = right
    mutants = write_mutants(judgement.compilation, judgement.contract)
    by_seed = [tuple(strength.part_of(seed, m) for m in mutants) for seed in ("a", "b", "a")]
    assert by_seed[0] == by_seed[2] != by_seed[1]
    few = StrengthOptions("a", most=3)
    assert len(strength.draw(mutants, few)) == 3 and set(strength.draw(mutants, few)) <= set(mutants)
    assert strength.draw(mutants, few) != strength.draw(mutants, replace(few, seed="c"))
    assert candidate.contract == "Meter"


def test_an_interrupted_measurement_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = tmp_path / "cache"
    calls: list[str] = []
    killed: set[str] = set()
    interrupted: list[bool] = []
    real = Sampler.kill

    def counted(self: Sampler, case: Case, mutant: Mutant, contract: Contract, *, deep: bool = False) -> Found:
        calls.append(mutant.id)
        if len(calls) == 4 and not interrupted:
            interrupted.append(True)
            raise KeyboardInterrupt
        found = real(self, case, mutant, contract, deep=deep)
        if found.fate == "killed":
            killed.add(mutant.id)
        return found

    monkeypatch.setattr(Sampler, "kill", counted)
    with pytest.raises(KeyboardInterrupt):
        measured(tmp_path, SPECIFICATION, cache=cache)
    before = frozenset(killed)
    calls.clear()
    found = measured(tmp_path, SPECIFICATION, cache=cache)
    assert before and not before & set(calls), "what was killed before is not asked again"
    assert not found.survivors()
    calls.clear()
    assert measured(tmp_path, SPECIFICATION, cache=cache).judged == found.judged
    assert not calls


@pytest.mark.corpus
def test_the_strength_of_a_promise_beside_another_contract_is_measured() -> None:
    purse = CORPUS / "purse"
    specification = parse(purse / "Purse.spec.sol")
    candidate = Candidate(import_sources(purse / "proved" / "Purse.sol", root=purse), "Purse")
    case = prepare(specification, candidate, OPTIONS)
    proved = frozenset(o.id for o in case.job.ledger.obligations)  # test_corpus holds that they are
    found = measure_case(case, candidate, proved, StrengthOptions("0"), OPTIONS, lambda _: None)
    assert found.judged and [(j.mutant.id, j.found) for j in found.survivors()] == []
    assert sum(j.found.killer == "fuzz" for j in found.judged) > len(found.judged) / 2


def test_what_is_late_counts_as_alive(right: tuple[Judgement, Candidate]) -> None:
    found = measure(*right, StrengthOptions("0", time_s=0.0), OPTIONS)
    assert found.judged and not any(j.killed for j in found.judged)
    assert {j.found.reason for j in found.judged} == {"the time for this was up"}
    assert found.rate("held-out") == 0.0 and not found.meets(0.1)


def test_an_unverified_contract_has_no_strength(tmp_path: Path) -> None:
    wrong = METER.replace("count += 1", "count += 2")
    with pytest.raises(SourceError, match=r"Meter is not verified against Meter\.spec\.sol: bump\.\w+ is UNKNOWN") as caught:
        measured(tmp_path, SPECIFICATION, wrong)
    assert "verified contracts" in caught.value.next_step


def test_code_of_packages_alone_is_nothing_to_change(right: tuple[Judgement, Candidate]) -> None:
    judgement, candidate = right
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SourceError, match="no code of its own"):
        patch.setattr(strength, "write_mutants", lambda *_, **__: ())
        measure(judgement, candidate, StrengthOptions("0"), OPTIONS)


def test_what_an_implementation_says_of_itself_is_no_promise(tmp_path: Path) -> None:
    noted = METER.replace("contract Meter {", "contract Meter {\n    /// @custom:lemma noted: seen <= 1\n    uint256 seen;")
    judgement, _ = judged(tmp_path, SPECIFICATION, noted)
    assert {o.id for o in judgement.ledger.obligations if not is_promise(o)} >= {"reset.lemma.noted", "constructor.lemma.noted"}
    assert is_promise(judgement.ledger.obligation("reset.zero"))
