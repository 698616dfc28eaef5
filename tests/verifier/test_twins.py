"""Two versions of a contract side by side: only what does the same is said to."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from specs.parse import parse
from toolchain.sources import import_sources
from verifier.engines.job import Effort
from verifier.engines.symbolic.engine import alike
from verifier.engines.symbolic.task import Twin
from verifier.judge import Candidate, Case, JudgeOptions, prepare
from verifier.runtime import runtime_of

SPECIFICATION = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:deploy ()
/// @custom:invariant few: count() <= 1000
interface Club {
    event Joined(address indexed who, uint256 number);
    function count() external view returns (uint256);
    function member(address who) external view returns (bool);
    /// @custom:modifies nothing
    function join(uint256 fee) external payable returns (uint256);
    /// @custom:modifies nothing
    function tip() external;
}
"""
CODE = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Club {
    event Joined(address indexed who, uint256 number);
    uint256 public count;
    mapping(address => bool) public member;
    uint256 immutable limit;
    bool closed;
    constructor() {
        limit = 1000;
        member[address(1)] = false;
        emit Joined(msg.sender, 0);
    }
    function join(uint256 fee) external payable returns (uint256) {
        require(msg.value == fee && !member[msg.sender], "no");
        require(count < limit);
        member[msg.sender] = true;
        count = count + 1;
        emit Joined(msg.sender, count);
        return count;
    }
    function tip() external { (bool ok,) = msg.sender.call(""); require(ok); }
}
"""
SAME = {
    "another order": ("member[msg.sender] = true;\n        count = count + 1;", "count = 1 + count;\n        member[msg.sender] = true;"),
    "no overflow by the invariant": ("count = count + 1;", "unchecked { count = count + 1; }"),
    "another refusal": ('"no"', '"not you"'),
    "what cannot happen": ("require(count < limit);", "require(count < limit); if (count > 2000) count = 0;"),
    "written twice": ("member[msg.sender] = true;", "member[msg.sender] = false; member[msg.sender] = true;"),
}
OTHER = {
    "another limit": ("count < limit", "count <= limit"),
    "another account": ("member[msg.sender] = true", "member[address(this)] = true"),
    "a word that no getter shows": ("return count;", "closed = true; return count;"),
    "another answer": ("return count;", "return count - 1;"),
    "another event": ("emit Joined(msg.sender, count)", "emit Joined(address(this), count)"),
    "no event": ("        emit Joined(msg.sender, count);\n", ""),
    "one refusal less": (" && !member[msg.sender]", ""),
    "one refusal more": ("require(count < limit);", "require(count < limit && msg.sender != address(0x1234567890));"),
    "one account more": ("return count;", "if (msg.value == 7) member[address(7)] = true; return count;"),
}


DEPLOYED_ALIKE = {
    "another order": ("limit = 1000;\n        member[address(1)] = false;", "member[address(1)] = false;\n        limit = 1000;"),
    "a word that is zero": ("member[address(1)] = false;", ""),
}
DEPLOYED_OTHERWISE = {
    "another immutable": ("limit = 1000;", "limit = 1001;"),
    "one account more": ("member[address(1)] = false", "member[address(1)] = true"),
    "a word that no getter shows": ("member[address(1)] = false;", "closed = true;"),
    "another event": ("emit Joined(msg.sender, 0)", "emit Joined(tx.origin, 0)"),
    "a refusal": ("limit = 1000;", "limit = 1000; require(msg.sender != address(0x1234567890));"),
    "ether is taken": ("constructor()", "constructor() payable"),
}


def case_of(folder: Path, text: str) -> Case:
    (folder / "Club.spec.sol").write_text(SPECIFICATION)
    (folder / "Club.sol").write_text(text)
    candidate = Candidate(import_sources(folder / "Club.sol", root=folder), "Club")
    return prepare(parse(folder / "Club.spec.sol"), candidate, JudgeOptions())


def compared(folder: Path, changes: Mapping[str, tuple[str, str]], function: str = "join") -> dict[str, bool]:
    """Tell of each change whether the function does the same without it."""
    own, asked = case_of(folder, CODE), []
    for before, after in changes.values():
        assert CODE.count(before) == 1
        other = case_of(folder, CODE.replace(before, after)).job
        asked.append((own, Twin(other.contract.creation, runtime_of(other.compilation, other.contract), (function,))))
    return dict(zip(changes, alike(asked, Effort(solver_s=10)), strict=True))


def test_what_does_the_same_is_told_from_what_does_something_else(tmp_path: Path) -> None:
    assert compared(tmp_path, SAME | OTHER) == dict.fromkeys(SAME, True) | dict.fromkeys(OTHER, False)


def test_deployments_are_compared_with_their_immutables(tmp_path: Path) -> None:
    found = compared(tmp_path, DEPLOYED_ALIKE | DEPLOYED_OTHERWISE, "constructor")
    assert found == dict.fromkeys(DEPLOYED_ALIKE, True) | dict.fromkeys(DEPLOYED_OTHERWISE, False)


def test_of_calls_to_others_and_of_what_is_not_there_nothing_is_told(tmp_path: Path) -> None:
    nothing = {"nothing": ("bool closed;", "bool closed ;")}
    assert not any(compared(tmp_path, nothing, name)["nothing"] for name in ("tip", "leave"))
    assert compared(tmp_path, nothing)["nothing"]
