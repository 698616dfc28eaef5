"""What `accepts(a)` says of a call: who refuses shows in the call itself, and success takes nothing else for granted of strangers."""

from __future__ import annotations

from pathlib import Path

import pytest

from specs.parse import parse
from toolchain.sources import import_sources
from verifier.engines.symbolic.engine import discharge
from verifier.harness.generate import generate
from verifier.judge import Candidate, Case, JudgeOptions, prepare

SPECIFICATION = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @title Things
/// @custom:deploy () payable
interface Thing {
    error PaymentFailed();
    error Short();
    function credit(address who) external view returns (uint256);
    function winner() external view returns (address);

    /// @custom:reverts short with Short(): balance(this) < amount
    /// @custom:reverts refused with PaymentFailed(): balance(this) >= amount && !accepts(to)
    /// @custom:modifies nothing
    /// @custom:pays paid: to, amount
    /// @custom:succeeds otherwise
    function pay(address to, uint256 amount) external;

    /// @custom:reverts short with Short(): balance(this) < 5
    /// @custom:reverts full: credit(winner()) > type(uint256).max - 5
    /// @custom:changes kept: credit(winner()) by +(accepts(winner()) ? 0 : 5)
    /// @custom:ensures skipped: !accepts(winner()) ==> credit(winner()) == old(credit(winner())) + 5
    /// @custom:pays prize: winner(), 5 when accepts(winner())
    /// @custom:succeeds otherwise
    function draw() external;
}
"""
SOURCE = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Thing {
    error PaymentFailed();
    error Short();
    mapping(address => uint256) public credit;
    address public winner;
    bool private _held;
    constructor() payable {}
    function pay(address to, uint256 amount) external {
        if (address(this).balance < amount) revert Short();
        (bool ok,) = to.call{value: amount}("");
        if (!ok) revert PaymentFailed();
    }
    function draw() external {
        if (address(this).balance < 5) revert Short();
        address w = winner;
        if (credit[w] > type(uint256).max - 5) revert();
        (bool ok,) = w.call{value: 5}("");
        if (!ok) credit[w] += 5;
    }
}
"""
CLAUSES = (
    *("pay.short", "pay.refused", "pay.paid", "pay.pays", "pay.succeeds", "pay.atomic", "pay.reachable"),
    *("draw.short", "draw.full", "draw.kept", "draw.skipped", "draw.prize", "draw.pays", "draw.succeeds", "draw.atomic", "draw.reachable"),
)


def case_of(folder: Path, *edits: tuple[str, str]) -> Case:
    source = SOURCE
    for old, new in edits:
        assert old in source
        source = source.replace(old, new)
    (folder / "Thing.spec.sol").write_text(SPECIFICATION)
    (folder / "Thing.sol").write_text(source)
    tree = import_sources(folder / "Thing.sol", root=folder)
    return prepare(parse(folder / "Thing.spec.sol"), Candidate(tree, "Thing"), JudgeOptions())


def broken(case: Case) -> set[str]:
    """Return the clauses that are not proved."""
    found = {r.obligation: r for r in discharge(case, only=CLAUSES).results}
    return {id for id in CLAUSES if (found[id].outcome, found[id].strength) != ("holds", "proof")}


def test_it_is_proved_and_nothing_is_taken_for_granted_of_strangers(tmp_path: Path) -> None:
    case = case_of(tmp_path)
    assert "every stranger that is called accepts" not in case.job.ledger.obligation("draw.succeeds").premises
    assert broken(case) == set()


@pytest.mark.attack
def test_who_turns_back_or_keeps_a_refused_prize_is_not_proved(tmp_path: Path) -> None:
    asks = (
        "        (bool ok,) = to.call",
        '        (bool other,) = address(0xBEEF00000).call("");\n        require(other);\n        (bool ok,) = to.call',
    )
    assert broken(case_of(tmp_path, asks, ("if (!ok) credit[w] += 5;", "ok;"))) == {
        "pay.refused",  # with the error that is promised
        "pay.succeeds",
        "pay.atomic",
        "draw.kept",
        "draw.skipped",
    }


@pytest.mark.attack
def test_who_asks_again_or_gives_up_is_not_proved(tmp_path: Path) -> None:
    again = (
        "if (!ok) revert PaymentFailed();",
        'if (!ok) { (bool late,) = to.call{value: amount}(""); if (!late) revert PaymentFailed(); }',
    )
    assert broken(case_of(tmp_path, again, ("if (!ok) credit[w] += 5;", "require(ok);"))) == {"pay.refused", "draw.succeeds"}


def test_samples_say_nothing_of_what_turns_on_it(tmp_path: Path) -> None:
    case = case_of(tmp_path)
    harness = generate(case.job.specification)
    omitted = {f"{key[1]}.{key[2]}" for key in harness.omitted}
    assert omitted == {"pay.refused", "pay.succeeds", "draw.kept", "draw.skipped", "draw.prize", "draw.succeeds"}
    pay = next(x for x in harness.table.contexts if x.refusals and not x.deltas)
    assert [r.data for r in pay.refusals] == [""]  # a call that both clauses speak of may revert with the error of either
