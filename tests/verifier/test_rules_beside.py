"""Rules beside an environment: what a token holds is read in them, and calls of the contract run beside the model."""

from __future__ import annotations

from pathlib import Path

import pytest

from specs.parse import parse
from toolchain.errors import SpecificationError
from toolchain.sources import import_sources
from verifier.engines import fuzz
from verifier.engines.job import Effort
from verifier.engines.symbolic.engine import discharge
from verifier.judge import Candidate, Case, JudgeOptions, prepare

SPECIFICATION = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
import {Rules, IERC20} from "solwright/Rules.sol";

/// @title A box for tokens
/// @custom:deploy (address asset_)
/// @custom:environment asset is ERC20
/// @custom:initially set: asset() == asset_
interface Box {
    function asset() external view returns (address);
    function held(address who) external view returns (uint256);

    /// @custom:modifies held(msg.sender), IERC20(asset()).balanceOf(*), IERC20(asset()).allowance(*)
    /// @custom:succeeds never -- see the rule
    function put(uint256 amount) external;

    /// @custom:modifies held(msg.sender), IERC20(asset()).balanceOf(*)
    /// @custom:succeeds never -- see the rule
    function take(uint256 amount) external;
}

abstract contract BoxRules is Rules {
    function rule_thereAndBack(Box box, address alice, uint256 amount) external {
        uint256 before = IERC20(box.asset()).balanceOf(alice);
        by(alice);
        box.put(amount);
        claim(IERC20(box.asset()).balanceOf(alice) == before - amount);
        later(5);
        mustSucceed();
        box.take(amount);
        claim(IERC20(box.asset()).balanceOf(alice) == before);
    }
}
"""
SOURCE = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
interface IToken {
    function transfer(address, uint256) external returns (bool);
    function transferFrom(address, address, uint256) external returns (bool);
}
contract Box {
    address public immutable asset;
    mapping(address => uint256) public held;
    constructor(address asset_) { asset = asset_; }
    function put(uint256 amount) external {
        held[msg.sender] += amount;
        require(IToken(asset).transferFrom(msg.sender, address(this), amount));
    }
    function take(uint256 amount) external {
        held[msg.sender] -= amount;
        require(IToken(asset).transfer(msg.sender, amount));
    }
}
"""
RULE = "rule_thereAndBack"
LOSES = ("held[msg.sender] += amount;", "held[msg.sender] += amount > 1000 ? amount - 1 : amount;")


def case_of(folder: Path, *edits: tuple[str, str]) -> Case:
    source = SOURCE
    for old, new in edits:
        assert old in source
        source = source.replace(old, new)
    (folder / "Box.spec.sol").write_text(SPECIFICATION)
    (folder / "Box.sol").write_text(source)
    tree = import_sources(folder / "Box.sol", root=folder)
    return prepare(parse(folder / "Box.spec.sol"), Candidate(tree, "Box"), JudgeOptions(effort=Effort(invariant_runs=64)))


def found(case: Case) -> tuple[str, str]:
    run = discharge(case, only=(RULE, f"{RULE}.reachable"))
    return next((r.outcome, r.strength) for r in run.results if r.obligation == RULE)


@pytest.mark.attack
def test_a_rule_is_proved_beside_the_model(tmp_path: Path) -> None:
    assert found(case_of(tmp_path)) == ("holds", "proof")


@pytest.mark.attack
def test_a_contract_that_breaks_the_rule_is_not_proved(tmp_path: Path) -> None:
    assert found(case_of(tmp_path, LOSES))[0] == "violated"


@pytest.mark.attack
def test_samples_walk_it_beside_the_model(tmp_path: Path) -> None:
    more = ("transfer(msg.sender, amount));", "transfer(msg.sender, amount + 1));")
    result = next(r for r in fuzz.discharge(case_of(tmp_path, more).job) if r.obligation == RULE)
    assert result.outcome == "violated", result
    assert result.counterexample is not None and result.counterexample.replayed


@pytest.mark.parametrize(
    ("old", "new", "said", "right"),
    [
        ("import {Rules, IERC20}", "import {Rules}", "the unknown name `IERC20`", 'import {Rules, IERC20} from "solwright/Rules.sol";'),
        (
            "IERC20(box.asset()).balanceOf(alice) == before);",
            "IERC20(alice).balanceOf(alice) == before);",
            "IERC20(…) of another address",
            "asset()",
        ),
        ("later(5);", "IERC20(box.asset()).transfer(alice, 1);", "the unknown function `transfer` of IERC20", ""),
        ("/// @custom:environment asset is ERC20\n", "", "a call of `IERC20(", "getters of this interface only"),
    ],
)
def test_slips_are_answered(old: str, new: str, said: str, right: str) -> None:
    text = SPECIFICATION.replace(old, new)
    if "environment" in old:
        text = text.replace(", IERC20(asset()).balanceOf(*)", "").replace(", IERC20(asset()).allowance(*)", "")
    with pytest.raises(SpecificationError) as caught:
        parse(Path("Box.spec.sol"), text)
    assert caught.value.line > 20 and said in caught.value.found, str(caught.value)
    assert right in caught.value.expected, str(caught.value)
