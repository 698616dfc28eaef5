"""The static engine finds what it must, is led by nobody, and fails in words (threats 4, 5, 23)."""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from slither.detectors import all_detectors
from slither.detectors.abstract_detector import AbstractDetector

from toolchain.process import Limits
from toolchain.solc import Compilation, Contract, compile_sources
from verifier.engines.static import Analysis, analyse, detectors, read_answer
from verifier.finding import Finding

HEAD = "// SPDX-License-Identifier: MIT\npragma solidity ^0.8.24;\n"
KILL = "function kill() external {\n selfdestruct(payable(msg.sender)); }"
SAFE = """contract C {
    address payable public seller; uint256 public price; bool public paid;
    constructor(address payable a, uint256 p) { seller = a; price = p; }
    function put() external payable { require(msg.value == price); }
    function pay(address payable to) external { require(!paid); paid = true; _send(to); }
    function _send(address payable to) internal { (bool ok,) = to.call{value: price}(""); require(ok); } }"""


def build(body: str) -> tuple[Compilation, Contract]:
    compilation = compile_sources({"C.sol": HEAD + body})
    return compilation, compilation.contract("C")


def refuting(analysis: Analysis) -> list[Finding]:
    assert (analysis.failed, analysis.canary) == ("", True)
    return [f for f in analysis.findings if f.severity == "refutes"]


def test_what_the_language_refuses_is_found_with_its_line() -> None:
    (finding,) = refuting(analyse(*build("contract C {\n" + KILL + "}")))
    assert (finding.check, finding.path, finding.line, finding.suppressed) == ("slither:suicidal", "C.sol", 4, False)


def test_effects_before_payments_to_others_inform_and_refute_nothing() -> None:
    analysis = analyse(*build(SAFE))
    assert refuting(analysis) == []
    assert "slither:arbitrary-send-eth" in {f.check for f in analysis.findings}
    assert analysis.engine == "0.11.6"


def test_code_that_no_entry_reaches_refutes_nothing() -> None:
    base = "abstract contract Base { function go(address a) internal { a.delegatecall(''); } }\n"
    other = "contract Other { " + KILL + " }\n"
    assert refuting(analyse(*build(base + other + SAFE.replace("C {", "C is Base {")))) == []
    used = SAFE.replace("C {", "C is Base {").replace("external {", "external { go(to);")
    assert [f.check for f in refuting(analyse(*build(base + used)))] == ["slither:controlled-delegatecall"]


@pytest.mark.attack
@pytest.mark.parametrize(
    "comments",
    [
        ("// slither-disable-start all", "// slither-disable-end all"),
        ("// slither-disable-start suicidal", ""),
        ("// slither-disable-start all\n// slither-disable-start all", ""),
        ("", "// slither-disable-end suicidal"),
    ],
)
def test_comments_hide_nothing(comments: tuple[str, str]) -> None:
    text = f"{comments[0]}\ncontract C {{ {KILL} }}\n{comments[1]}"
    (finding,) = refuting(analyse(*build(text)))
    assert finding.check == "slither:suicidal"
    assert finding.suppressed is bool(comments[0])


@pytest.mark.attack
def test_a_comment_on_the_line_before_is_flagged() -> None:
    text = "contract C {\n// slither-disable-next-line suicidal\n" + KILL + "}"
    assert [f.suppressed for f in refuting(analyse(*build(text)))] == [True]


@pytest.mark.attack
def test_files_that_lead_slither_are_not_met(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    marker = tmp_path / "marker"
    evil = tmp_path / "evil"
    evil.write_text(f"#!/bin/sh\ntouch {marker}\n")
    evil.chmod(0o755)
    (tmp_path / "slither.config.json").write_text(
        json.dumps({"compile_custom_build": str(evil), "detectors_to_exclude": "suicidal", "solc": str(evil)})
    )
    (tmp_path / "slither.db.json").write_text(json.dumps([{"description": "", "id": "0"}]))
    (tmp_path / "foundry.toml").write_text(f'[profile.default]\nsolc = "{evil}"\nffi = true\n')
    (tmp_path / "hardhat.config.js").write_text(f"require('fs').writeFileSync('{marker}', '')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOLC_VERSION", "0.4.1")
    assert [f.check for f in refuting(analyse(*build("contract C {\n" + KILL + "}")))] == ["slither:suicidal"]
    assert not marker.exists()


@pytest.mark.attack
def test_a_database_that_knows_the_finding_hides_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compilation, contract = build("contract C {\n" + KILL + "}")
    (found,) = refuting(analyse(compilation, contract))
    known: list[Any] = [{"description": found.message, "check": "suicidal", "id": "1"}]
    (tmp_path / "slither.db.json").write_text(json.dumps(known))
    monkeypatch.chdir(tmp_path)
    assert refuting(analyse(compilation, contract)) == [found]


@pytest.mark.attack
def test_a_contract_that_slither_cannot_read_is_a_failure_in_words() -> None:
    analysis = analyse(*build("contract SlitherInternalTopLevelContract {}\ncontract C { " + KILL + " }"))
    assert analysis.failed.startswith("Slither crashed: ")
    assert analysis.findings == ()


@pytest.mark.attack
@pytest.mark.parametrize(("limits", "words"), [(Limits(time_s=0.05), "took too long"), (Limits(memory_mb=20), "took too much memory")])
def test_a_tool_that_hangs_or_swells_is_a_failure(limits: Limits, words: str) -> None:
    analysis = analyse(*build(SAFE), limits)
    assert words in analysis.failed
    assert (analysis.findings, analysis.canary) == ((), False)


def answer(*builds: Mapping[str, object]) -> bytes:
    return json.dumps({"slither": "0.11.6", "builds": list(builds)}).encode()


ROW: Mapping[str, object] = {
    "check": "suicidal",
    "impact": "High",
    "message": "m",
    "places": [["Canary.sol", 1]],
    "suppressed": True,
    "reached": True,
}
FOUND: Mapping[str, object] = {"name": "canary", "contracts": ["Canary.sol:Canary"], "results": [ROW]}
NOTHING: Mapping[str, object] = {"name": "judged", "contracts": [], "results": []}
CLEAN: Mapping[str, object] = {"name": "judged", "contracts": ["C.sol:C"], "results": []}


@pytest.mark.attack
@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "not understood"),
        (b"all is well", "not understood"),
        (b'{"success": true}', "not understood"),
        (answer(CLEAN), "missed a contract"),
        (answer({**FOUND, "results": []}, CLEAN), "missed a contract"),
        (answer({**FOUND, "results": [{**ROW, "reached": False}]}, CLEAN), "missed a contract"),
        (answer(FOUND), "analysed 0 contracts"),
        (answer(FOUND, NOTHING), "analysed 0 contracts"),
        (answer(FOUND, {**CLEAN, "contracts": ["D.sol:C"]}), "analysed 1 contracts, not this one"),
        (answer(FOUND, {**CLEAN, "results": [{**ROW, "suppressed": "no"}]}), "not understood"),
    ],
)
def test_an_answer_that_is_not_one_is_a_failure(text: bytes, words: str) -> None:
    analysis = read_answer(text, build(SAFE)[1], 0.0)
    assert words in analysis.failed
    assert analysis.findings == ()


def test_a_detector_that_nobody_knows_informs() -> None:
    row = {**ROW, "check": "brand-new", "places": []}
    analysis = read_answer(answer(FOUND, {**CLEAN, "results": [row]}), build(SAFE)[1], 0.0)
    assert [(f.severity, f.check) for f in analysis.findings] == [("informs", "slither:brand-new")]


def test_the_table_names_every_detector_of_the_pinned_version_once() -> None:
    known: list[Any] = [
        d for d in vars(all_detectors).values() if inspect.isclass(d) and issubclass(d, AbstractDetector) and d is not AbstractDetector
    ]
    assert sorted(detectors()) == sorted({d.ARGUMENT for d in known})
    assert [check for check, effect in detectors().items() if effect == "refutes"] == [
        "suicidal",
        "controlled-delegatecall",
        "unprotected-upgrade",
    ]
