"""Judging files from the command line, with real engines:

verdicts, reports, and what tries to lead the judge (threats 2, 3, 4, 11, 15, 18, 19, 22, 23).
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from solwright.verification import unseen
from specs.parse import parse
from tests.feedback.bench import CONTRACT, SPECIFICATION
from tests.solwright.command import Inside, Ran, environment, solwright
from tests.verifier.test_conflicts import lying
from toolchain.install import home, locate_forge
from verifier.judge import ENGINES, EngineRun, Judgement
from verifier.result import NOT_TESTED

WRONG = CONTRACT.replace("n += 1;", "n += 2;")
REFUTING = ("--engines", "static,fuzz,symbolic")  # the Horn engine refutes nothing


class Verify:
    """Judge a contract against the counter's specification; return exit code, object and stderr."""

    def __init__(self, inside: Inside, folder: Path) -> None:
        self.inside = inside
        self.folder = folder
        (folder / "Counter.spec.sol").write_text(SPECIFICATION)

    def __call__(self, source: str, *words: str, name: str = "Counter.sol") -> tuple[int, dict[str, Any], str]:
        (self.folder / name).write_text(source)
        ran = self.inside("verify", name, "--spec", "Counter.spec.sol", "--json", *words, cwd=self.folder)
        return ran.code, json.loads(ran.out), ran.err


@pytest.fixture
def verify(inside: Inside, tmp_path: Path) -> Verify:
    return Verify(inside, tmp_path)


@pytest.mark.attack
def test_engines_that_contradict_each_other_end_in_a_conflict(verify: Verify, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Threat 24: exit 3, no bundle, and both sides are kept although nothing else is (--fresh)."""
    monkeypatch.setitem(ENGINES, "fuzz", lying)
    monkeypatch.setattr("solwright.verification.home", lambda: tmp_path / "home")
    code, value, err = verify(CONTRACT, "--fresh", "--engines", "fuzz,symbolic,horn", "--bundle", str(tmp_path / "Counter.bundle"))
    assert (code, value["verdict"]) == (3, "not-verified"), err
    found = next(o for o in value["obligations"] if o["id"] == "increase.up")
    assert found["verdict"] == "CONFLICT"
    (place,) = (tmp_path / "home" / "conflicts").iterdir()
    assert found["reason"].endswith(f"both sides are kept in {place}")
    assert (place / "evidence" / "horn" / "increase.up.json").is_file() and (place / "counterexample.t.sol").is_file()
    assert not (tmp_path / "Counter.bundle").exists()


def crashing(*_: object) -> EngineRun:
    raise RuntimeError("it met something new")


def test_an_engine_that_crashes_is_no_yes(verify: Verify, monkeypatch: pytest.MonkeyPatch) -> None:
    """All is proved without it; what it would have found is not known."""
    monkeypatch.setitem(ENGINES, "fuzz", crashing)
    code, value, _ = verify(CONTRACT, "--engines", "fuzz,symbolic")
    assert (code, value["verdict"]) == (1, "incomplete")
    assert any("it met something new" in told for told in value["open"])


def verdicts(value: dict[str, Any]) -> dict[str, str]:
    return {o["id"]: o["verdict"] for o in value["obligations"]}


def broken(value: dict[str, Any]) -> set[str]:
    return {id for id, verdict in verdicts(value).items() if verdict == "REFUTED"}


def test_a_right_contract(verify: Verify) -> None:
    code, value, err = verify(CONTRACT)
    assert (code, value["verdict"], value["open"]) == (0, "verified", []), err
    assert set(verdicts(value).values()) == {"PROVED"}
    assert all(c["expected"] == c["found"] for c in value["canaries"])
    assert {c["engine"] for c in value["canaries"]} == {"static", "fuzz", "symbolic"}
    assert (Path(value["run"]) / "report.md").read_text().startswith("# Verified: Counter\n")
    assert "<title>Verified: Counter</title>" in (Path(value["run"]) / "report.html").read_text()
    assert json.loads((Path(value["run"]) / "report.json").read_text())["verdict"] == "verified"


def test_a_wrong_contract_shows_the_calls_and_a_test_that_fails(verify: Verify) -> None:
    code, value, err = verify(WRONG)
    assert (code, value["verdict"]) == (1, "not-verified"), err
    assert "increase.up" in broken(value)
    shown = next(o["counterexample"] for o in value["obligations"] if o["id"] == "increase.up")
    assert shown["reached"] and shown["replayed"]
    assert 1 <= len(shown["lines"]) <= 5
    (test,) = (Path(value["run"]) / "counterexamples").glob("increase.up*.t.sol")
    assert test.read_text() == shown["test"]


def test_people_read_the_verdict_first(verify: Verify, tmp_path: Path) -> None:
    (tmp_path / "Counter.sol").write_text(WRONG)
    ran = verify.inside("verify", "Counter.sol", "--spec", "Counter.spec.sol", "--quiet", "--out", "here", cwd=tmp_path)
    assert (ran.code, ran.err) == (1, "")
    lines = ran.out.splitlines()
    assert lines[0] == "NOT VERIFIED  Counter (Counter.sol) against Counter.spec.sol"
    assert "✗ increase.up — REFUTED" in lines
    assert "    promised: `increase` changes exactly this: n increases by 1." in [line.split(" (")[0] for line in lines]
    assert any(line.startswith("    test:     ") and Path(line.split()[1]).is_file() for line in lines)
    assert (tmp_path / "here" / "report.json").is_file()


@pytest.mark.parametrize(
    ("source", "check"),
    [
        (CONTRACT.replace("uint256 public n;", "uint256 public n; function reset() external { n = 0; }"), "undeclared-function"),
        (CONTRACT.replace("function increase", "function rise"), "missing-function"),
        (CONTRACT.replace("uint256 public n", "uint128 public n"), "different-returns"),
        (CONTRACT.replace("increase() external", "increase() external payable"), "different-mutability"),
        (CONTRACT.replace("uint256 public n;", "uint256 public n; receive() external payable {}"), "undeclared-function"),
    ],
)
def test_an_interface_that_differs_is_a_verdict(verify: Verify, source: str, check: str) -> None:
    code, value, err = verify(source)
    assert (code, value["verdict"]) == (1, "not-verified"), err
    assert check in {f["check"] for f in value["findings"] if f["severity"] == "refutes"}
    assert "undeclared" in broken(value)


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (CONTRACT.replace("uint256 public n", "uint256 n"), "n() is promised"),
        (
            CONTRACT.replace("n += 1", "n = L.f(n)")
            + "library L { function f(uint256 x) external pure returns (uint256) { return x + 1; } }",
            "L.f",
        ),
    ],
)
def test_what_lacks_a_part_is_asked_nothing_else(verify: Verify, source: str, why: str) -> None:
    code, value, err = verify(source)
    assert (code, value["verdict"]) == (1, "not-verified"), err
    others = [o for o in value["obligations"] if o["id"] != "undeclared"]
    assert {o["verdict"] for o in others} == {"UNKNOWN"}
    assert all("no engine was asked" in o["reason"] and why in o["reason"] for o in others)
    assert value["canaries"] == []


@pytest.mark.attack
@pytest.mark.parametrize(
    "directive", ["@custom:halmos --loop 1 --panic-error-codes 0x99", "@custom:halmos --ffi", "forge-config: default.fuzz.runs = 1"]
)
def test_directives_in_comments_change_nothing(verify: Verify, directive: str) -> None:
    code, value, _ = verify(
        WRONG.replace("contract Counter", f"/// {directive}\ncontract Counter").replace(
            "    function", f"    /// {directive}\n    function"
        ),
        *REFUTING,
    )
    assert code == 1
    assert "increase.up" in broken(value)
    assert any("halmos" in f["message"] or "forge" in f["message"] for f in value["findings"])


@pytest.mark.attack
def test_what_lies_in_the_project_is_not_believed(verify: Verify, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    evil = tmp_path / "evil"
    evil.write_text(f"#!/bin/sh\ntouch {marker}\n")
    evil.chmod(0o755)
    (tmp_path / "foundry.toml").write_text(f'[profile.default]\nsolc = "{evil}"\nffi = true\nno_match_test = ".*"\ntest = "nowhere"\n')
    (tmp_path / "halmos.toml").write_text(f'[global]\nsolver-command = "{evil}"\n')
    (tmp_path / "slither.config.json").write_text(json.dumps({"compile_custom_build": str(evil)}))
    (tmp_path / ".env").write_text("OPENAI_BASE_URL=http://evil.example\nFOUNDRY_FFI=true\n")
    for folder in ("out", "cache"):
        (tmp_path / folder / "Counter.sol").mkdir(parents=True)
        (tmp_path / folder / "Counter.sol" / "Counter.json").write_text("{}")
    code, value, _ = verify(WRONG)
    assert code == 1
    assert "increase.up" in broken(value)
    assert not marker.exists()
    assert any("foundry.toml" in f["message"] for f in value["findings"])


@pytest.mark.attack
def test_a_hostile_file_name_is_only_a_name(verify: Verify) -> None:
    code, value, err = verify(CONTRACT, name="x\x1b[31m::error::%0A'\"<script>|.sol")
    assert code == 0, err
    assert "\x1b" not in err
    report = (Path(value["run"]) / "report.md").read_text()
    assert "<script" not in report and "\x1b" not in report


@pytest.mark.attack
@pytest.mark.parametrize(
    ("body", "clause"),
    [
        ("revert();", "increase.succeeds"),
        ("require(false); n += 1;", "increase.succeeds"),
        ("require(n < 3); n += 1;", "increase.succeeds"),
        ("uint8 x = uint8(n); x += 250; n += 1;", "increase.succeeds"),
        ("", "increase.up"),
        ("n = 1;", "increase.up"),
    ],
)
def test_contracts_that_revert_do_nothing_or_overflow(verify: Verify, body: str, clause: str) -> None:
    code, value, _ = verify(CONTRACT.replace("n += 1;", body), *REFUTING)
    assert (code, value["verdict"]) == (1, "not-verified")
    assert clause in broken(value)


def home_with_forge(folder: Path, script: str) -> str:
    """Return a home for tools in which forge is a script, or (empty) missing."""
    real = locate_forge()
    for package in (home() / "packages").iterdir():
        if not real.is_relative_to(package):
            shutil.copytree(package, folder / "packages" / package.name)
    (folder / "solc").mkdir()
    if script:
        program = folder / real.relative_to(home())
        program.parent.mkdir(parents=True)
        program.write_text(script)
        program.chmod(0o755)
    return str(folder)


def verify_with_forge(folder: Path, script: str) -> tuple[Ran, dict[str, Any]]:
    (folder / "Counter.spec.sol").write_text(SPECIFICATION)
    (folder / "Counter.sol").write_text(CONTRACT)
    env = {"SOLWRIGHT_HOME": home_with_forge(folder / "home", script)}
    ran = solwright("verify", "Counter.sol", "--spec", "Counter.spec.sol", "--json", cwd=folder, env=env)
    return ran, json.loads(ran.out)


@pytest.mark.attack
@pytest.mark.parametrize("script", ["#!/bin/sh\necho all tests pass\n", "#!/bin/sh\nkill -9 $$\n", "#!/bin/sh\necho '{}'\n"])
def test_a_forge_that_lies_or_dies_is_no_yes(tmp_path: Path, script: str) -> None:
    ran, value = verify_with_forge(tmp_path, script)
    assert (ran.code, value["verdict"]) == (1, "incomplete"), ran.err
    assert "REFUTED" not in verdicts(value).values()
    missed = [c for c in value["canaries"] if c["engine"] == "fuzz" and c["expected"] != c["found"]]
    assert missed, value["canaries"]
    for c in missed:
        assert c["reason"].endswith(" — run: solwright doctor") or "forge" in c["reason"]
        assert f"canary fuzz/{c['name']}: expected {c['expected']}, found missing: {c['reason']}" in value["open"]


def test_a_forge_that_is_missing_is_named(tmp_path: Path) -> None:
    ran, value = verify_with_forge(tmp_path, "")
    assert (ran.code, value["error"]["nextStep"]) == (3, "run: solwright setup"), ran.err
    assert "forge" in value["error"]["message"]


def test_a_verdict_that_cannot_be_saved_is_shown_all_the_same(verify: Verify, tmp_path: Path) -> None:
    (tmp_path / ".solwright").write_text("in the way")
    code, value, err = verify(CONTRACT)
    assert (code, value["verdict"], value["run"]) == (3, "verified", None)
    assert "the report could not be saved" in err


WATCHED = """
import json, sys
from solwright.cli import run
started = []
sys.addaudithook(lambda event, of: started.append(str(of)) if event == "subprocess.Popen" else None)
code = run([*sys.argv[1:], "--quiet", "--json"])
print(json.dumps([code, started, sorted(sys.modules)]), file=sys.stderr)
"""
HEAVY = (
    "halmos",
    "z3",
    "cvc5",
    "slither",
    "openai",
    "specs.solver",
    "verifier.engines.symbolic.engine",
    "verifier.harness",
    "verifier.replay",
)


def test_what_is_known_starts_no_engine_and_loads_none(tmp_path: Path) -> None:
    (tmp_path / "Counter.spec.sol").write_text(SPECIFICATION)
    (tmp_path / "Counter.sol").write_text(f"{CONTRACT}\n// {tmp_path}")  # nobody judged this one before

    def judged() -> tuple[bool, int, list[str]]:
        words = ["verify", "Counter.sol", "--spec", "Counter.spec.sol", "--engines", "fuzz"]
        done = subprocess.run(
            [sys.executable, "-c", WATCHED, *words], cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False
        )
        code, started, loaded = json.loads(done.stderr.splitlines()[-1])
        assert code == 1
        return json.loads(done.stdout)["answersOfAnEarlierRun"], len(started), [m for m in loaded if m.startswith(HEAVY)]

    known, processes, loaded = judged()
    assert not known and processes > 3 and "verifier.harness" in loaded
    known, processes, loaded = judged()
    assert known and processes <= 2 and loaded == []  # node's version, and the sandbox is tried out


def test_a_proved_rule_that_no_sample_went_through_is_noticed() -> None:
    specification = parse(Path(__file__).parents[1] / "corpus/notice/Notice.spec.sol")
    kept, personal, parts = (r.name for r in specification.rules)
    judgement = SimpleNamespace(
        specification=specification,
        verdicts={
            kept: SimpleNamespace(status="PROVED"),
            personal: SimpleNamespace(status="UNKNOWN"),
            parts: SimpleNamespace(status="PROVED"),
        },
        results=[
            SimpleNamespace(engine="fuzz", obligation=kept, reason=f"{NOT_TESTED}no sample went through {kept} to its end"),
            SimpleNamespace(engine="fuzz", obligation=personal, reason=f"{NOT_TESTED}no sample went through {personal} to its end"),
            SimpleNamespace(engine="symbolic", obligation=parts, reason=""),
            SimpleNamespace(engine="fuzz", obligation=parts, reason=""),
        ],
    )
    (found,) = unseen(cast("Judgement", judgement))
    assert (found.severity, found.check, found.path) == ("informs", "rule-not-tested", "Notice.spec.sol")
    assert kept in found.message
    assert found.line == specification.rules[0].position.line
