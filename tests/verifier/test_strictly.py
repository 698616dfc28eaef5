"""What holds at return whatever strangers did: with a lock, without one, and where nobody has control."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.verifier.test_symbolic import contract, of, results

PROMISE = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:initially zero: n() == 0 && best() == 0
/// @custom:invariant order: n() <= best()
interface Thing {
    function n() external view returns (uint256);
    function best() external view returns (uint256);
    /// @custom:modifies n(), best()
    /// @custom:ensures plain: n() == old(n()) + 1
    /// @custom:ensures-strictly kept: n() <= best()
    /// @custom:ensures-strictly counted: n() == old(n()) + 1
    /// @custom:ensures-strictly told: made == old(n()) + 1
    /// @custom:ensures-strictly same_: balance(this) == old(balance(this))
    /// @custom:ensures-strictly more: balance(this) >= old(balance(this))
    /// @custom:succeeds never -- somebody may refuse
    function bump(address who) external returns (uint256 made);
    /// @custom:modifies n()
    /// @custom:ensures-strictly alone: n() == 0 && balance(this) == old(balance(this))
    /// @custom:succeeds otherwise
    function reset() external;
}
"""
STATE = "uint256 public n; uint256 public best;"
COUNT = "made = n + 1; n = made; if (made > best) best = made;"
ASK = '(bool ok, ) = who.call(""); require(ok);'
HEAD = "function bump(address who) external returns (uint256 made)"
RESET = "function reset() external { n = 0; }"
OPEN = f"{STATE} {HEAD} {{ {COUNT} {ASK} }} {RESET}"
LATE = f"{STATE} {HEAD} {{ {ASK} {COUNT} }} {RESET}"
LOOK = f"{STATE} {HEAD} {{ {COUNT} (bool ok, ) = who.staticcall(''); require(ok); }} {RESET}"
LOCKED = f"""{STATE}
    /// @custom:lock busy
    bool private busy;
    {HEAD} {{ require(!busy); busy = true; {ASK} {COUNT} busy = false; }}
    function reset() external {{ require(!busy); n = 0; }}"""
ASKED = ("bump.atomic", "bump.plain", "bump.kept", "bump.counted", "bump.told", "bump.same_", "bump.more", "reset.alone")


def answers(body: str, tmp_path: Path) -> dict[str, str]:
    case = of(contract(body), PROMISE, tmp_path)
    assert "bump.atomic" in case.job.ledger.leaned_on(case.job.ledger.obligation("bump.kept"))
    return {id.partition(".")[2]: r.outcome for id, r in results(case, ASKED).items()}


def test_without_a_lock_strangers_may_have_made_any_calls(tmp_path: Path) -> None:
    assert answers(OPEN, tmp_path) == {
        "atomic": "holds",
        "plain": "holds",
        "kept": "holds",
        "told": "holds",
        "alone": "holds",
        "counted": "violated",
        "same_": "violated",
        "more": "violated",
    }


@pytest.mark.attack
def test_under_a_lock_they_may_have_sent_ether(tmp_path: Path) -> None:
    found = answers(LOCKED, tmp_path)
    assert {id for id, outcome in found.items() if outcome != "holds"} == {"same_"}
    assert found["same_"] == "violated"


@pytest.mark.attack
def test_it_leans_on_what_nobody_touches_afterwards(tmp_path: Path) -> None:
    assert answers(LATE, tmp_path)["atomic"] == "violated"


@pytest.mark.attack
def test_whoever_is_only_asked_changes_nothing(tmp_path: Path) -> None:
    assert {id for id, outcome in answers(LOOK, tmp_path).items() if outcome != "holds"} == set()


SUMMED = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:initially zero: total() == 0
/// @custom:invariant accounted: sum(part) == total()
interface Thing {
    function total() external view returns (uint256);
    function part(address who) external view returns (uint256);
    /// @custom:changes up: part(msg.sender) by +1, total() by +1
    /// @custom:ensures-strictly before: old(sum(part)) == old(total())
    /// @custom:ensures-strictly now_: sum(part) == old(sum(part)) + 1
    /// @custom:succeeds never -- somebody may refuse
    function bump(address who) external;
}
"""


@pytest.mark.attack
def test_no_sum_is_known_of_what_strangers_left(tmp_path: Path) -> None:
    state = "uint256 public total; mapping(address => uint256) public part;"
    body = f"{state} function bump(address who) external {{ part[msg.sender]++; total++; {ASK} }}"
    found = results(of(contract(body), SUMMED, tmp_path), ("bump.before", "bump.now_"))
    assert {id: (r.outcome, r.reason) for id, r in found.items()} == {
        "bump.before": ("holds", ""),
        "bump.now_": ("unknown", "a sum of part, which may change at every key"),
    }
