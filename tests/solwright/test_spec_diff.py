"""`solwright spec diff`: what no solver decides, wrong contracts can show."""

from __future__ import annotations

import json
from pathlib import Path

from tests.solwright.command import Inside

COUNT = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
import {Rules} from "solwright/Rules.sol";

/// @custom:deploy ()
/// @custom:initially zero: n() == 0
interface Count {
    function n() external view returns (uint256);

    /// @custom:modifies n()
    /// @custom:ensures up: n() > old(n())
    /// @custom:reverts full: n() >= 1000
    /// @custom:succeeds otherwise
    function increase() external;
}

abstract contract CountRules is Rules {
    function rule_once(Count count, address alice) external {
        uint256 before = count.n();
        by(alice);
        count.increase();
        claim(count.n() == before + 1);
    }
}
"""
CODE = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Count {
    uint256 public n;
    function increase() external {
        require(n < 1000);
        n += 1;
    }
}
"""


def test_a_rule_that_says_less_lets_wrong_contracts_pass(inside: Inside, tmp_path: Path) -> None:
    for name, text in (("old", COUNT), ("new", COUNT.replace("== before", ">= before"))):
        (tmp_path / name).mkdir()
        (tmp_path / name / "Count.spec.sol").write_text(text)
    (tmp_path / "Count.sol").write_text(CODE)
    files = ("old/Count.spec.sol", "new/Count.spec.sol")
    ran = inside("spec", "diff", *files, "--json", cwd=tmp_path)
    assert ran.code == 1 and (json.loads(ran.out)["relation"], json.loads(ran.out)["mutants"]) == ("unknown", None)
    ran = inside("spec", "diff", *files, "--mutants-of", "Count.sol", "--json", cwd=tmp_path)
    told = json.loads(ran.out)
    assert ran.code == 1 and told["relation"] == "weaker"
    assert {m["breaks"] for m in told["mutants"]["acceptedNow"]} == {"rule_once"} and not told["mutants"]["refusedNow"]
    assert any("+        n += (1 + 1);" in m["diff"] for m in told["mutants"]["acceptedNow"])


def test_options_that_would_do_nothing(inside: Inside, tmp_path: Path) -> None:
    (tmp_path / "Count.spec.sol").write_text(COUNT)
    ran = inside("spec", "diff", "Count.spec.sol", "Count.spec.sol", "--contract", "Count", cwd=tmp_path)
    assert ran.code == 2 and "add --mutants-of CONTRACT" in ran.err
