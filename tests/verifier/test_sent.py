"""What `sent(a)` says of a call: proved of contracts that keep it, and of no other; samples see it, too."""

from __future__ import annotations

from pathlib import Path

import pytest

from specs.parse import parse
from toolchain.sources import import_sources
from verifier.engines import fuzz
from verifier.engines.horn.engine import state
from verifier.engines.job import Effort
from verifier.engines.symbolic.engine import discharge
from verifier.harness.generate import generate
from verifier.judge import Candidate, Case, JudgeOptions, prepare

SPECIFICATION = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @title Things
/// @custom:deploy () payable
interface Thing {
    function heir() external view returns (address);

    /// @custom:modifies nothing
    /// @custom:ensures whole: a != b && a != address(this) && b != address(this) ==> sent(a) + sent(b) == msg.value
    /// @custom:ensures both: a == b && a != address(this) ==> sent(a) == msg.value
    /// @custom:ensures others: forall (address x) x != a && x != b ==> sent(x) == 0
    /// @custom:succeeds never -- they may refuse
    function split(address a, address b) external payable;

    /// @custom:modifies heir()
    /// @custom:ensures last: sent(old(heir())) <= 5 && heir() == next
    /// @custom:ensures mine: sent(address(this)) == 0
    /// @custom:ensures kept: balance(this) >= old(balance(this)) - sent(old(heir()))
    /// @custom:succeeds never -- the heir may refuse
    function pass(address next) external;

    /// @custom:modifies nothing
    /// @custom:ensures late: sent(heir()) <= 5
    /// @custom:succeeds never -- the heir may refuse
    function feed() external;
}
"""
SOURCE = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Thing {
    address public heir;
    constructor() payable {}
    function split(address a, address b) external payable {
        uint256 half = msg.value / 2;
        (bool one,) = a.call{value: half}("");
        require(one);
        (bool two,) = b.call{value: msg.value - half}("");
        require(two);
    }
    function pass(address next) external {
        address old = heir;
        heir = next;
        (bool ok,) = old.call{value: 5}("");
        require(ok);
    }
    function feed() external {
        (bool ok,) = heir.call{value: 5}("");
        require(ok);
    }
}
"""
KEPT = ("msg.value - half", "half")
GREEDY = ("old.call{value: 5}", "next.call{value: 6}")
ELSEWHERE = ("b.call{value", "address(0xBEEF00000).call{value")


def case_of(folder: Path, *edits: tuple[str, str]) -> Case:
    source = SOURCE
    for old, new in edits:
        assert old in source
        source = source.replace(old, new)
    (folder / "Thing.spec.sol").write_text(SPECIFICATION)
    (folder / "Thing.sol").write_text(source)
    tree = import_sources(folder / "Thing.sol", root=folder)
    return prepare(parse(folder / "Thing.spec.sol"), Candidate(tree, "Thing"), JudgeOptions(effort=Effort(invariant_runs=64)))


CLAUSES = ("split.whole", "split.both", "split.others", "pass.last", "pass.mine", "pass.kept", "feed.late")


def test_it_is_proved_and_no_payment_is_promised_besides(tmp_path: Path) -> None:
    case = case_of(tmp_path)
    assert not any(o.kind == "pays" for o in case.job.ledger.obligations)
    found = {r.obligation: r for r in discharge(case, only=CLAUSES).results}
    assert {id: (found[id].outcome, found[id].strength) for id in CLAUSES} == dict.fromkeys(CLAUSES, ("holds", "proof"))


@pytest.mark.attack
def test_contracts_that_send_otherwise_are_not_proved(tmp_path: Path) -> None:
    asked = ("split.whole", "split.both", "split.others", "pass.last", "pass.kept")
    found = {r.obligation: r for r in discharge(case_of(tmp_path, ELSEWHERE, GREEDY), only=asked).results}
    assert {id: found[id].outcome for id in asked} == dict.fromkeys(asked, "violated")


@pytest.mark.attack
def test_samples_see_it_where_the_address_is_known_before(tmp_path: Path) -> None:
    case = case_of(tmp_path, KEPT)
    omitted = {key[2]: why for key, why in generate(case.job.specification).omitted.items()}
    assert omitted == {"late": "sent(…) of an address that is known after the call only"}
    found = {r.obligation: r for r in fuzz.discharge(case.job)}
    outcomes = {id: found[id].outcome for id in CLAUSES}
    assert (outcomes["split.whole"], outcomes["split.both"], outcomes["feed.late"]) == ("violated", "violated", "unknown")
    assert {outcomes[id] for id in ("split.others", "pass.last", "pass.mine", "pass.kept")} == {"holds"}
    shown = found["split.whole"].counterexample
    assert shown is not None and shown.replayed and ".balance" in shown.test


def test_the_horn_engine_is_not_offered_it(tmp_path: Path) -> None:
    job = case_of(tmp_path).job
    stated = state(job.specification, job.compilation, job.contract, job.ledger.obligations, ("pass.last",))
    assert not stated.batches and {*stated.silent, *stated.refused} == {"pass.last"}
