"""Rules are proved over all paths of their calls, refuted on the EVM, and prove nothing where nothing goes through them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from specs.parse import parse
from toolchain.solc import CompilerSettings
from toolchain.sources import SourceTree
from verifier.engines import fuzz
from verifier.engines.job import Effort
from verifier.engines.symbolic.engine import discharge, search, task_of
from verifier.engines.symbolic.prepare import prepare as prepare_task
from verifier.engines.symbolic.rules import Walk, run_rule
from verifier.engines.symbolic.snapshot import Infeasible
from verifier.harness.rules import untestable
from verifier.harness.statements import RIGHT, WRONG
from verifier.judge import Candidate, Case, JudgeOptions, prepare
from verifier.ledger import called_by
from verifier.mutants.edit import Mutant
from verifier.mutants.killers import campaigns
from verifier.replay import replay_sequence
from verifier.result import Result
from verifier.verdict import conclude

EFFORT = Effort(time_s=1800, obligation_s=400, solver_s=30, search_s=120)
SPECIFICATION = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
import {Rules} from "solwright/Rules.sol";

/// @custom:deploy ()
/// @custom:initially empty: total() == 0
/// @custom:invariant accounted: sum(balanceOf) == total()
/// @custom:invariant solvent: balance(this) >= total()
interface Pot {
    function total() external view returns (uint256);
    function balanceOf(address who) external view returns (uint256);

    /// @custom:changes credited: balanceOf(msg.sender) by +msg.value, total() by +msg.value
    /// @custom:succeeds otherwise
    function put() external payable returns (uint256 now_);

    /// @custom:reverts short: balanceOf(msg.sender) < amount
    /// @custom:changes debited: balanceOf(msg.sender) by -amount, total() by -amount
    /// @custom:pays paid: msg.sender, amount
    /// @custom:succeeds never -- see the rules
    function take(uint256 amount) external;

    /// @custom:modifies nothing
    /// @custom:succeeds never -- see the rules
    function once() external;

    /// @custom:modifies nothing
    /// @custom:succeeds never -- see the rules
    function turn(uint256 times) external;

    /// @custom:modifies nothing
    /// @custom:succeeds never -- see the rules
    function look() external;
}

abstract contract PotRules is Rules {
<rules>
}
"""
CONTRACT = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

contract Pot {
    uint256 public total;
    mapping(address => uint256) public balanceOf;
    mapping(address => uint256) private _at;
    bool private transient _seen;
    uint256 private _turns;

    function put() external payable returns (uint256 now_) {
        balanceOf[msg.sender] += msg.value;
        total += msg.value;
        return balanceOf[msg.sender];
    }

    function take(uint256 amount) external {
        <take>
        balanceOf[msg.sender] -= amount;
        total -= amount;
        (bool ok,) = msg.sender.call{value: amount}("");
        require(ok);
    }

    function once() external {
        require(!_seen);
        _seen = true;
        require(_at[msg.sender] != block.timestamp + 1);
        _at[msg.sender] = block.timestamp + 1;
    }

    function turn(uint256 times) external {
        for (uint256 i = 0; i < times; i++) _turns += 1;
    }

    function look() external {
        <look>
    }
}
"""
#: A rule's body, and what is said of it and of whether calls go through it: an outcome, or `bounded`.
SAID: Mapping[str, tuple[str, str, str]] = {
    "back": ("by(alice); pot.put{value: n}(); mustSucceed(); pot.take(n);", "holds", "holds"),
    "returned": ("uint256 had = pot.balanceOf(alice); by(alice); uint256 r = pot.put{value: n}(); claim(r == had + n);", "holds", "holds"),
    "undone": (
        "uint256 had = pot.total(); given(pot.balanceOf(alice) < n); by(alice); mustFail(); pot.take(n); claim(pot.total() == had);",
        "holds",
        "holds",
    ),
    "restarted": (
        "uint256 had = pot.total(); by(alice); pot.put{value: n}(); uint256 more = pot.total(); restart(); "
        "claim(pot.total() == had && more == had + n);",
        "holds",
        "holds",
    ),
    "ether": (
        "given(alice != address(pot)); uint256 had = balance(alice); by(alice); pot.put{value: n}(); claim(balance(alice) == had - n);",
        "holds",
        "holds",
    ),
    "others": (
        "given(bob != alice); uint256 had = pot.balanceOf(bob); by(alice); pot.put{value: n}(); pot.take(n); "
        "claim(pot.balanceOf(bob) == had);",
        "holds",
        "holds",
    ),
    "assumed": ("given(uint8(pot.total()) == 3); by(alice); pot.put(); claim(pot.total() == 3);", "holds", "holds"),
    # what is false, or has no value
    "wrong": ("by(alice); pot.put{value: n}(); claim(pot.total() == n);", "violated", "holds"),
    "wrongOnce": ("by(alice); pot.put{value: n}(); claim(n != 123456789);", "violated", "holds"),
    "noValue": ("by(alice); pot.put(); claim(uint8(pot.total()) >= 0);", "violated", "holds"),
    "noName": ("by(alice); pot.put(); uint128 x = uint128(pot.total() + n); claim(x >= 0);", "violated", "holds"),
    "noTime": ("by(alice); pot.put(); later(pot.total() - n); pot.put(); claim(true);", "violated", "holds"),
    "noAmount": ("by(alice); pot.take(pot.total() - n); claim(true);", "violated", "holds"),
    "mayRevert": ("by(alice); mustSucceed(); pot.take(n);", "violated", "holds"),
    "maySucceed": ("by(alice); mustFail(); pot.take(n);", "violated", "holds"),
    # nothing goes through it
    "nothing": ("given(false); by(alice); pot.put(); claim(false);", "unknown", "vacuous"),
    "excluded": ("given(n < 3); given(n > 2); by(alice); pot.put(); claim(false);", "unknown", "vacuous"),
    "nobody": ("by(address(0)); pot.put(); claim(false);", "unknown", "vacuous"),
    "itself": ("by(address(pot)); pot.put(); claim(false);", "unknown", "vacuous"),
    "reverting": ("given(pot.balanceOf(alice) < n); by(alice); pot.take(n); claim(false);", "unknown", "vacuous"),
    "lateEnd": ("by(alice); pot.put(); claim(true); given(pot.total() < pot.balanceOf(alice)); claim(true);", "holds", "vacuous"),
    # calls of one transaction or of two, in one block or in two
    "sameBlock": ("by(alice); pot.once(); mustFail(); pot.once();", "holds", "holds"),
    "sameBlockAgain": ("by(alice); pot.once(); mustSucceed(); pot.once();", "violated", "vacuous"),
    "nextBlock": ("by(alice); pot.once(); later(1); mustSucceed(); pot.once();", "holds", "holds"),
    # what the engine does not follow to its end, or at all
    "loop": ("by(alice); pot.turn(n); claim(true);", "bounded", "holds"),
}


def case_of(
    rules: Mapping[str, str],
    take: str = "",
    look: str = "",
    seen: str = "transient _seen",
    bounded: bool = False,
    looks: str = "",
    assumes: str = "",
) -> Case:
    written = "\n".join(
        f"    function rule_{name}(Pot pot, address alice, address bob, uint128 n) external {{ {body} }}" for name, body in rules.items()
    )
    path = Path("Pot.spec.sol")
    specification = parse(
        path,
        SPECIFICATION.replace("interface Pot", f"/// @custom:assume {assumes}\ninterface Pot" if assumes else "interface Pot")
        .replace("<rules>", written)
        .replace("function look() external", f"function look() external{looks}"),
    )
    code = CONTRACT.replace("function look() external", f"function look() external{looks}")
    code = code.replace("i < times", "i < times % 8") if bounded else code
    tree = SourceTree(
        "Pot.sol",
        {"Pot.sol": code.replace("<take>", take).replace("<look>", look).replace("transient _seen", seen)},
        (),
        CompilerSettings(),
        (),
        (),
        Path("/"),
    )
    return prepare(specification, Candidate(tree, "Pot"), JudgeOptions(effort=EFFORT))


@cache
def results() -> tuple[Case, Mapping[str, Result]]:
    case = case_of({name: body for name, (body, _, _) in SAID.items()})
    rules = tuple(o.id for o in case.job.ledger.obligations if o.function.startswith("rule_"))
    run = discharge(case, only=rules)
    assert all(c.expected == c.found for c in run.canaries)
    return case, {r.obligation: r for r in run.results}


@pytest.mark.parametrize("name", SAID)
def test_a_rule_is_judged_on_all_paths(name: str) -> None:
    _, found = results()
    _, said, reached = SAID[name]
    rule, reachable = found[f"rule_{name}"], found[f"rule_{name}.reachable"]
    assert ("bounded" if rule.strength == "bounded" else rule.outcome) == said, rule.reason
    assert reachable.outcome == reached, reachable.reason


def test_a_state_that_breaks_a_rule_comes_with_the_statement_that_is_broken() -> None:
    _, found = results()
    said = {name: found[f"rule_{name}"].counterexample for name in ("wrong", "mayRevert", "noTime")}
    assert {name: c.message.partition(",")[0] for name, c in said.items() if c is not None} == {
        "wrong": "statement 2: here it is true that total is `n`",
        "mayRevert": "statement 1: `alice` calls take(`n`)",
        "noTime": "statement 2: the current time is more by total - `n` (seconds)",
    }


def test_what_is_not_followed_says_why() -> None:
    _, found = results()
    assert "loops were followed 4 times" in found["rule_loop"].reason
    assert "Pot.sol:33" in found["rule_loop"].reason
    assert "no calls go through it to its end" in found["rule_nothing.reachable"].reason


def test_a_rule_over_code_that_is_not_understood_is_not_proved() -> None:
    case = case_of({"calldata": "by(alice); pot.look(); claim(true);"}, look="require(msg.data.length == 4);")
    run = discharge(case, only=["rule_calldata", "rule_calldata.reachable"])
    assert [(r.outcome, "msg.data" in r.reason) for r in run.results] == [("unknown", True)] * 2


def test_two_calls_are_of_one_transaction_or_of_two() -> None:
    rules = {
        f"{must}{time}": f"by(alice); pot.look(); {wait} {must}(); pot.look();"
        for must in ("mustSucceed", "mustFail")
        for time, wait in WAITS
    }
    case = case_of(rules, look="require(!_seen); _seen = true;")
    run = discharge(case, only=[f"rule_{name}" for name in rules])
    assert {r.obligation: r.outcome for r in run.results} == {
        "rule_mustSucceedNow": "violated",
        "rule_mustSucceedLater": "holds",
        "rule_mustFailNow": "violated",
        "rule_mustFailLater": "violated",
    }
    calls = search(case, ["rule_mustFailLater"])["rule_mustFailLater"]
    shown = replay_sequence(case.job, "rule_mustFailLater", calls)
    assert not shown.replayed
    assert "a test is one transaction" in shown.message


WAITS = (("Now", ""), ("Later", "later(1);"))


def test_a_rule_that_nothing_goes_through_is_not_proved() -> None:
    case, found = results()
    verdicts = conclude(case.job.ledger, found.values())
    assert verdicts["rule_nothing.reachable"].status == "VACUOUS"
    assert verdicts["rule_lateEnd"].status == "UNKNOWN"
    assert "rule_lateEnd.reachable, which is VACUOUS" in verdicts["rule_lateEnd"].reason or "leans on" in verdicts["rule_lateEnd"].reason


def test_a_rule_leans_on_the_invariants_and_on_its_calls_being_atomic() -> None:
    case = case_of({"back": SAID["back"][0]})
    o = case.job.ledger.obligation("rule_back")
    assert set(o.leans_on) == {"invariants", "put.atomic", "take.atomic", "rule_back.reachable"}
    assert o.premises == ("every stranger that is called accepts",)
    assert called_by(case.job.specification, "rule_back") == ("put", "take")


def test_a_state_that_nothing_is_in_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first end of a call is found to be none: the rule is gone through from the others all the same."""
    named = Walk._named
    seen: list[Walk] = []

    def none_at_first(self: Walk, *arguments: Any) -> Any:
        seen.append(self)
        if len(seen) == 1:
            raise Infeasible
        return named(self, *arguments)

    monkeypatch.setattr(Walk, "_named", none_at_first)
    case = case_of(
        {"r": "by(alice); uint256 r = pot.look(); claim(r == 1);"}, look="if (total > 5) return 1; return 2;", looks=" returns (uint256 x)"
    )
    task = task_of(case.job, case.implementation, observes_returns=True, extra_views=(), clean_values=True)
    subject, deployed, _ = prepare_task(task)
    paths = run_rule(subject, deployed, case.job.specification.rules[0]).paths
    assert len(seen) == 2
    assert sum(c.obligation == "rule_r.reachable" for p in paths for c in p.claims) == 1


def test_only_a_test_is_no_proof() -> None:
    case, found = results()
    sample = replace(found["rule_back"], engine="fuzz", strength="test")
    assert conclude(case.job.ledger, [sample])["rule_back"].status == "TESTED"


REFUTED = {
    "wrong": (SAID["wrong"][0], "", "statement 2: here it is true that total is `n`"),
    "magic": (
        "by(alice); pot.put{value: n}(); mustSucceed(); pot.take(n);",
        "require(amount != 31337);",
        "statement 2: `alice` calls take(`n`)",
    ),
    "later": (
        "by(alice); pot.put{value: n}(); later(5 days); mustSucceed(); pot.take(n);",
        "require(block.timestamp % 2 == 0);",
        "statement 3: `alice` calls take(`n`)",
    ),
    "restart": (
        "by(alice); pot.put{value: 7}(); pot.take(3); uint256 had = pot.balanceOf(alice); restart(); "
        "pot.put{value: 5}(); claim(pot.balanceOf(alice) == had);",
        "",
        "statement 6: here it is true that `alice`'s balanceOf is `had`",
    ),
}


@pytest.mark.corpus
def test_a_broken_rule_is_shown_on_the_evm() -> None:
    for name, (body, take, said) in REFUTED.items():
        case = case_of({name: body}, take, seen="_seen")  # what is transient stays in a test, which is one transaction
        found = search(case, [f"rule_{name}"])
        shown = replay_sequence(case.job, f"rule_{name}", found[f"rule_{name}"])
        assert shown.replayed, (name, shown.message, shown.notes, shown.test)
        assert said in shown.message
        assert any(line.startswith(f"then: rule_{name}(alice = 0x") for line in shown.lines())
        assert f"function test_rule_{name}() external" in shown.test


#: Where samples find nothing, they find nothing wrong: these break so seldom that few samples miss it.
SELDOM = {"noName", "wrongOnce", "loop"}


@cache
def sampled() -> tuple[Case, Mapping[str, Result]]:
    case = case_of({name: body for name, (body, _, _) in SAID.items()}, bounded=True)
    effort = replace(case.job.effort, fuzz_runs=100, invariant_runs=8)
    found = {r.obligation: r for r in fuzz.discharge(replace(case.job, effort=effort))}
    assert found["canary:false"].outcome == "violated"
    assert found["canary:true"].outcome == "holds"
    return case, found


@pytest.mark.corpus
@pytest.mark.parametrize("name", SAID)
def test_samples_agree_with_what_is_proved(name: str) -> None:
    case, found = sampled()
    _, said, reached = SAID[name]
    rule, reachable = found[f"rule_{name}"], found[f"rule_{name}.reachable"]
    if untestable(case.job.specification.rules[list(SAID).index(name)], case.job.contract.runtime):
        assert "transient storage" in rule.reason and "transient storage" in reachable.reason
        assert rule.outcome == reachable.outcome == "unknown"
    elif said == "violated" and (name not in SELDOM or rule.outcome == "violated"):
        assert rule.outcome == "violated", rule.reason
        shown = rule.counterexample
        assert shown is not None and shown.replayed, rule.reason
        assert f"function test_rule_{name}() external" in shown.test
        assert f'"rule_{name}, statement ' in shown.test
    elif reached == "vacuous" or name in {"assumed"}:  # total is 3: no sample of so few comes there
        assert (rule.outcome, rule.reason) == ("unknown", f"not tested: no sample went through rule_{name} to its end")
        assert reachable.outcome == "unknown"
    else:
        assert (rule.outcome, rule.strength) == ("holds", "test"), rule.reason
        assert rule.bound.endswith(" cases")
        assert reachable.outcome == "holds"


@pytest.mark.corpus
def test_a_broken_rule_says_what_happened_in_it() -> None:
    _, found = sampled()
    said = {name: found[f"rule_{name}"].counterexample for name in ("noValue", "mayRevert", "maySucceed", "wrong")}
    assert {name: c.message.rpartition(" (")[2] for name, c in said.items() if c is not None} == {
        "noValue": "something in it has no value)",
        "mayRevert": "it reverts)",
        "maySucceed": "it succeeds)",
        "wrong": "statement 2: here it is true that total is `n`",
    }
    lines = said["wrong"].lines() if said["wrong"] is not None else ()
    assert any(line.startswith("then: rule_wrong(alice = 0x") for line in lines)


@pytest.mark.corpus
def test_what_is_assumed_is_assumed_of_samples_and_of_what_a_search_finds() -> None:
    rule = {"few": "given(pot.balanceOf(alice) >= n); by(alice); pot.take(n); claim(n < 5);"}
    free, assuming = case_of(rule, bounded=True), case_of(rule, bounded=True, assumes="few: total() < 5 -- it is a small pot")
    effort = replace(free.job.effort, fuzz_runs=100, invariant_runs=8)
    for case, broken in ((free, True), (assuming, False)):
        found = {r.obligation: r.outcome for r in fuzz.discharge(replace(case.job, effort=effort))}
        assert (found["rule_few"] == "violated") == broken
    calls = search(free, ["rule_few"])["rule_few"]
    assert replay_sequence(free.job, "rule_few", calls).replayed
    shown = replay_sequence(assuming.job, "rule_few", calls)
    assert not shown.replayed
    assert "do not break it on the EVM" in shown.message


def test_a_walk_that_is_blind_voids_the_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that is false of every contract must break, and one that is true must hold, or nothing that samples say counts."""
    job = case_of({"back": SAID["back"][0]}, bounded=True).job
    job = replace(job, effort=replace(job.effort, fuzz_runs=20, invariant_runs=8))
    real = fuzz.campaign(job)
    wrong, right = (("rule", name, name) for name in (WRONG, RIGHT))
    assert fuzz.canaries(real) == ""
    assert wrong in real.findings and real.hits[right] >= fuzz.LEAST and right not in real.findings
    unseen = replace(real, findings={key: x for key, x in real.findings.items() if key != wrong})
    passed = replace(real, hits={**real.hits, wrong: 1})
    accused = replace(real, findings={**real.findings, right: real.findings[wrong]})
    for outcome, why in ((unseen, "false was not refuted"), (passed, "false was not refuted"), (accused, "true did not hold")):
        monkeypatch.setattr(fuzz, "campaign", lambda _, outcome=outcome: outcome)
        found = {r.obligation: r for r in fuzz.discharge(job)}
        assert found["rule_back"].outcome == "failed"
        assert f"the run is void: a rule that is {why}" in found["rule_back"].reason


def test_a_rule_with_many_names_is_shown_too() -> None:
    """A function of Solidity has room for few variables; what underflows is computed by the evaluators."""
    names = " ".join(f"uint256 a{i} = pot.total();" for i in range(9))
    calls = " ".join(f"uint256 r{i} = pot.put{{value: n}}();" for i in range(3))
    rules = {
        "many": f"{names} by(alice); {calls} claim(a0 + a8 + r0 + r2 == 1);",
        "negative": f"{names} by(alice); {calls} restart(); {calls.replace(' r', ' s')} claim(a0 - a8 - 1 - r0 + s0 >= 0);",
    }
    job = case_of(rules, bounded=True).job
    found = {r.obligation: r for r in fuzz.discharge(replace(job, effort=replace(job.effort, fuzz_runs=60, invariant_runs=8)))}
    for name in rules:
        shown = found[f"rule_{name}"].counterexample
        assert shown is not None and shown.replayed, found[f"rule_{name}"].reason
        assert ("clauses = new Clauses();" in shown.test) == (name == "negative")


def test_a_change_is_sampled_by_the_rules_that_call_it() -> None:
    case = case_of({"back": SAID["back"][0], "looks": "by(alice); pot.look(); claim(true);"})
    mutant = Mutant("m1", "Pot.sol", 1, "statement deleted", 0, 0, "", (case.job.specification.functions[3].selector,))
    names = {c.name for c in campaigns(case, mutant, ("rule_back", "rule_looks"))}
    assert case.job.specification.functions[3].name == "take"
    assert "rule 0" in names and "rule 1" not in names
    assert not any(c.name.startswith("rule") for c in campaigns(case, mutant, ()))


def test_what_does_not_break_on_the_evm_refutes_nothing() -> None:
    case = case_of({"back": SAID["back"][0]})
    calls = search(case_of({"back": "by(alice); pot.put{value: n}(); claim(false);"}), ["rule_back"])["rule_back"]
    shown = replay_sequence(case.job, "rule_back", calls)
    assert not shown.replayed
    assert "do not break it" in shown.message
