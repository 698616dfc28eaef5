"""What makes verification tools say yes although the answer is no, each through the whole command and its real engines: not verified.

The rows are those of docs/false-passes.md that no other test tries.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from specs.parse import parse
from tests.feedback.bench import CONTRACT, SPECIFICATION
from tests.solwright.command import ROOT, Inside
from toolchain.forge import configure, run_tests
from toolchain.sources import import_sources
from toolchain.workspace import fresh_workspace
from verifier.engines.horn import engine as horn
from verifier.engines.job import Effort
from verifier.judge import Candidate, JudgeOptions, prepare

CHEATS = "0x7109709ECfa91a80626fF3989D68f67F5b1DD12D"


def judged(inside: Inside, folder: Path, source: str, specification: str = SPECIFICATION, *words: str) -> dict[str, str]:
    """Return the verdicts on a contract, which is not verified, by obligation."""
    name = re.findall(r"^interface (\w+)", specification, re.MULTILINE)[-1]
    (folder / f"{name}.spec.sol").write_text(specification)
    (folder / f"{name}.sol").write_text(source)
    ran = inside("verify", f"{name}.sol", "--spec", f"{name}.spec.sol", "--json", "--quiet", *words, cwd=folder)
    value = json.loads(ran.out)
    assert (ran.code, value["verdict"]) in {(1, "not-verified"), (1, "incomplete")}, ran.err
    return {o["id"]: o["verdict"] for o in value["obligations"]}


BODIES = {
    "a check that is a revert": ("require(msg.sender != address(0x70070077)); n += 1;", "increase.succeeds"),
    "a failure that a try swallows": (
        "if (n == 5) { try this.n() returns (uint256 v) { n = v + 2; } catch {} return; } n += 1;",
        "increase.up",
    ),
    "a failure that a low-level call swallows": (
        '(bool ok, bytes memory d) = address(this).staticcall(abi.encodeWithSignature("n()"));'
        " n += ok && abi.decode(d, (uint256)) == 5 ? 2 : 1;",
        "increase.up",
    ),
    "mulmod beyond a word": ("n += mulmod(n | (1 << 255), 2, 3) == 1 ? 2 : 1;", "increase.up"),
    "addmod beyond a word": (
        "uint256 m = n; unchecked { m = addmod(type(uint256).max - n, n + 1, 7); } n += m == 2 ? 2 : 1;",
        "increase.up",
    ),
    "storage that is not zero": ("n += hidden == 0 ? 1 : 2;", "increase.up"),
    "gas": ("n += gasleft() < 50000 ? 2 : 1;", "increase.up"),
    "a test that skips itself": (f'(bool ok,) = {CHEATS}.call(abi.encodeWithSignature("skip(bool)", true)); ok; n += 2;', "increase.up"),
    "a state that is set from outside": (
        f'(bool ok,) = {CHEATS}.call(abi.encodeWithSignature("store(address,bytes32,bytes32)", this, bytes32(0), bytes32(n + 1))); ok;',
        "increase.up",
    ),
    "a mocked call": (
        f'(bool ok,) = {CHEATS}.call(abi.encodeWithSignature("mockCall(address,bytes,bytes)", this, msg.data, "")); ok; n += 2;',
        "increase.up",
    ),
}


@pytest.mark.attack
@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_hides_what_it_breaks(name: str, tmp_path: Path, inside: Inside) -> None:
    body, broken = BODIES[name]
    source = CONTRACT.replace("uint256 public n;", "uint256 public n;\n    uint256 private hidden = 7;").replace("n += 1;", body)
    assert judged(inside, tmp_path, source)[broken] != "PROVED"


@pytest.mark.attack
def test_an_answer_of_false_is_no_revert(tmp_path: Path, inside: Inside) -> None:
    token = ROOT / "tests" / "corpus" / "token"
    source = (token / "proved" / "Token.sol").read_text()
    silent = source.replace(
        "        _move(msg.sender, to, value);\n",
        "        if (balanceOf[msg.sender] < value) return false;\n        _move(msg.sender, to, value);\n",
    )
    assert silent != source
    found = judged(inside, tmp_path, silent, (token / "Token.spec.sol").read_text())
    assert "PROVED" not in (found["transfer.short"], found["transfer.answer"])


BYTES = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @custom:deploy ()
interface Counter {
    function n() external view returns (uint256);

    /// @custom:reverts full: n() == type(uint256).max
    /// @custom:changes up: n() by +1
    /// @custom:succeeds otherwise
    function increase(bytes calldata note) external;
}
"""


@pytest.mark.attack
def test_a_fault_behind_an_argument_that_is_longer_than_what_is_tried(tmp_path: Path, inside: Inside) -> None:
    source = CONTRACT.replace("increase()", "increase(bytes calldata note)").replace("n += 1;", "n += note.length == 4321 ? 2 : 1;")
    assert judged(inside, tmp_path, source, BYTES)["increase.up"] != "PROVED"


@pytest.mark.attack
def test_options_in_comments_prove_nothing(tmp_path: Path, inside: Inside) -> None:
    options = ("--default-bytes-lengths 0", "--solver-command /bin/true", "--panic-error-codes 0x99")
    comment = "".join(f"    /// @custom:halmos {o}\n" for o in options)
    source = CONTRACT.replace("    function", f"{comment}    function").replace("n += 1;", "n += n == 77 ? 2 : 1;")
    assert judged(inside, tmp_path, source)["increase.up"] != "PROVED"


@pytest.mark.attack
def test_the_horn_engine_proves_no_fault_away(tmp_path: Path) -> None:
    """By itself: beside the others its proof would be a conflict, which shows less."""
    specification = tmp_path / "Counter.spec.sol"
    specification.write_text(SPECIFICATION)
    options, cases = JudgeOptions(effort=Effort(horn_s=4)), []
    for body in ("n += n < 250 ? 1 : 2;", "n = uint8(n) + 1;", "for (uint256 i = 0; i < 9; i++) { if (i == 8) n += 2; }"):
        (tmp_path / "Counter.sol").write_text(CONTRACT.replace("n += 1;", body))
        tree = import_sources(tmp_path / "Counter.sol", root=tmp_path)
        cases.append((prepare(parse(specification), Candidate(tree, "Counter"), options), ["increase.up"]))
    for run in horn.discharge_all(cases):
        assert all(c.expected == c.found for c in run.canaries)
        assert [r.outcome for r in run.results] == ["unknown"]


@pytest.mark.attack
def test_a_skipped_test_is_no_success() -> None:
    head = "// SPDX-License-Identifier: MIT\npragma solidity ^0.8.24;\ninterface Vm { function skip(bool) external; }\n"
    with fresh_workspace() as workspace:
        configure(workspace)
        workspace.write("test/T.t.sol", f"{head}contract T {{ function test_a() public {{ Vm({CHEATS}).skip(true); assert(false); }} }}")
        (suite,) = run_tests(workspace).suites.values()
    assert {row["status"] for row in suite["test_results"].values()} == {"Skipped"}
