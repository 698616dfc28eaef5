"""Contracts that are wrong in one point, judged for real."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback.bending import bend
from specs.parse import parse
from verifier.judge import JudgeOptions

HOLES = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @custom:deploy (address owner_)
/// @custom:initially owned: owner() == owner_
interface Weak {
    event Set(address who, uint256 value);

    function owner() external view returns (address);
    function value() external view returns (uint256);
    function version() external view returns (uint256);

    /// @custom:only owner()
    /// @custom:modifies value()
    /// @custom:succeeds otherwise
    function set(uint256 next) external returns (bool);
}
"""
SAID = "modifies value()\n    /// @custom:ensures set: value() == next && result\n    /// @custom:emits nothing"
CLOSED = HOLES.replace("modifies value()", SAID).replace("== owner_\n", "== owner_ && value() == 0 && version() == 1\n")


@pytest.mark.corpus
def test_survivors_name_the_missing_promise() -> None:
    found = bend(parse(Path("Weak.spec.sol"), HOLES), JudgeOptions(), lambda _: None)
    assert found.executable and found.undecided == ()
    assert {m.replace(" keeps every promise about it:", " |") for m in found.missing} == {
        "set: one that leaves another value behind | say with `ensures` what value is afterwards",
        "set: one that returns another result | say with `ensures` what it returns",
        "set: one that logs a Set about nobody | say with `emits` which events it logs (`emits nothing` for none)",
        "deployment: one after which value is something else | say with `initially` what value is after deployment",
        "deployment: one after which version is something else | say with `initially` what version is after deployment",
        "version: no clause speaks of it, so it may answer anything: say with `initially`, `changes` or `equals` what it is",
    }


@pytest.mark.corpus
def test_nothing_survives_where_everything_is_said() -> None:
    found = bend(parse(Path("Weak.spec.sol"), CLOSED), JudgeOptions(), lambda _: None)
    assert found.executable and found.judged > 5
    assert (found.missing, found.undecided) == ((), ())


def test_what_is_not_executable_is_said_to_be_so() -> None:
    text = HOLES.replace("modifies value()", "reverts odd: sum(balanceOf) > 5\n    /// @custom:modifies value()")
    text = text.replace(
        "    function version", "    function balanceOf(address who) external view returns (uint256);\n    function version"
    )
    found = bend(parse(Path("Weak.spec.sol"), text), JudgeOptions(), lambda _: None)
    assert (found.executable, found.judged) == (False, 0)
    assert found.silent == (("version", 12),)
