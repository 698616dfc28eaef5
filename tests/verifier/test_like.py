"""A contract is held to what a function is like, by the symbolic engine."""

from __future__ import annotations

from pathlib import Path

from tests.verifier.test_symbolic import contract, of, results

PROMISE = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:initially zero: n() == 0
interface Thing {
    function n() external view returns (uint256);
    /// @custom:reverts full: n() + by > type(uint256).max
    /// @custom:changes up: n() by +by
    /// @custom:ensures told: now_ == old(n()) + by
    /// @custom:succeeds otherwise
    function add(uint256 by) external returns (uint256 now_);
    /// @custom:like add(n())
    function double() external returns (uint256 twice);
}
"""
ADD = "uint256 public n; function add(uint256 x) external returns (uint256) { n += x; return n; }"


def test_what_a_function_is_like_is_promised_of_it(tmp_path: Path) -> None:
    asked = ("add.up", "double.full", "double.succeeds", "double.told", "double.up")
    right = of(contract(f"{ADD} function double() external returns (uint256) {{ n += n; return n; }}"), PROMISE, tmp_path)
    assert {r.outcome for r in results(right, asked).values()} == {"holds"}
    wrong = of(contract(f"{ADD} function double() external returns (uint256) {{ n += n / 2; return n; }}"), PROMISE, tmp_path)
    broken = {id for id, r in results(wrong, asked).items() if r.outcome == "violated"}
    assert broken == {"double.full", "double.told", "double.up"}
