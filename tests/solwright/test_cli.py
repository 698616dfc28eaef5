"""The command line as a user meets it: help, messages, exit codes, streams, signals (threat 34)."""

from __future__ import annotations

import io
import json
import os
import pty
import signal
import subprocess
import sys
import termios
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.solwright.command import ROOT, Inside, command, environment, solwright
from verifier.harness.project import engine_is_built

VAULT = ROOT / "tests" / "corpus" / "vault" / "Vault.spec.sol"
COMMANDS = [
    (),
    ("new",),
    ("verify",),
    ("check",),
    ("spec",),
    ("spec", "check"),
    ("spec", "show"),
    ("spec", "diff"),
    ("spec", "strength"),
    ("demo",),
    ("doctor",),
    ("setup",),
]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_help(words: tuple[str, ...], tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    ran = solwright(*words, "--help", cwd=tmp_path)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == snapshot
    if words and words != ("spec",):
        assert "Examples:" in ran.out


def test_without_a_command_there_is_help(tmp_path: Path) -> None:
    ran = solwright(cwd=tmp_path)
    assert (ran.code, ran.out) == (2, "")
    assert "Usage: solwright" in ran.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["vrify"], "No such command 'vrify'. Did you mean 'verify'?"),
        (["verify"], "Missing argument"),
        (["verify", "Vault.sol", "--spek", "x"], "No such option"),
        (["spec", "check"], "Missing argument"),
        (["new", "x", "--jobs", "many"], "Invalid value for '--jobs'"),
    ],
)
def test_a_command_line_that_is_not_understood(words: list[str], message: str, tmp_path: Path, inside: Inside) -> None:
    ran = inside(*words, cwd=tmp_path)
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err
    assert "--help" in ran.err
    as_json = inside(*words, "--json", cwd=tmp_path)
    value = json.loads(as_json.out)
    assert (as_json.code, value["exitCode"], value["error"]["kind"]) == (2, 2, "UsageError")


SPECIFICATION = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @title T
interface T {
    function n() external view returns (uint256);
    /// CLAUSES
    function f(uint256 x) external;
}
"""


@pytest.mark.parametrize(
    ("clauses", "place", "message"),
    [
        ("@custom:ensures a: m() == x", ":6:", "the unknown getter m"),
        ("@custom:ensures a: n() == true", ":6:", ""),
        ("@custom:ensures a: n() = x", ":6:", "an assignment"),
        ("@custom:ensurs a: n() == x", ":6:", "ensurs"),
        ("@custom:ensures n() == ", ":6:", ""),
    ],
)
def test_a_specification_that_cannot_be_read(clauses: str, place: str, message: str, tmp_path: Path, inside: Inside) -> None:
    (tmp_path / "T.spec.sol").write_text(SPECIFICATION.replace("CLAUSES", clauses))
    for words in (["spec", "check"], ["spec", "show"]):
        ran = inside(*words, "T.spec.sol", cwd=tmp_path)
        assert (ran.code, ran.out) == (2, "")
        assert f"solwright: T.spec.sol{place}" in ran.err
        assert message in ran.err
        assert "next: " in ran.err


@pytest.mark.parametrize(
    ("clauses", "message"),
    [
        ("@custom:succeeds otherwise", "no clause says what it may change"),
        ("@custom:modifies n()", "it might always revert"),
        ("@custom:modifies n()\n    /// @custom:reverts big: x > 3\n    /// @custom:succeeds all: true", "contradicts"),
        ("@custom:modifies n()\n    /// @custom:succeeds some: x < 3 && x > 5", ""),
    ],
)
def test_a_specification_that_does_not_stand(clauses: str, message: str, tmp_path: Path, inside: Inside) -> None:
    (tmp_path / "T.spec.sol").write_text(SPECIFICATION.replace("CLAUSES", clauses))
    ran = inside("spec", "check", "T.spec.sol", "--json", cwd=tmp_path)
    value = json.loads(ran.out)
    assert (ran.code, value["stands"]) == (1, False)
    assert message in " ".join(p["found"] for p in value["problems"])


def test_all_clauses_that_cannot_be_read_are_shown(tmp_path: Path, inside: Inside) -> None:
    clauses = "@custom:modifies n\n    /// @custom:ensures n() == x\n    /// @custom:succeeds otherwise"
    (tmp_path / "T.spec.sol").write_text(SPECIFICATION.replace("CLAUSES", clauses))
    ran = inside("spec", "check", "T.spec.sol", cwd=tmp_path)
    assert ran.code == 2
    assert "write n()" in ran.err
    assert "write `ensures id: …`" in ran.err


def test_a_wrong_budget_is_said_before_a_missing_key(tmp_path: Path, inside: Inside) -> None:
    ran = inside("new", "a vault", "--yes", "--model", "m", "--budget", "abc", cwd=tmp_path)
    assert ran.code == 2
    assert "neither dollars nor tokens" in ran.err


@pytest.mark.parametrize(("name", "message"), [("none.spec.sol", "no such file"), ("folder", "it is a folder"), ("T.txt", "")])
def test_a_specification_that_is_not_there(name: str, message: str, tmp_path: Path, inside: Inside) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "T.txt").write_text("hello")
    ran = inside("spec", "check", name, cwd=tmp_path)
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err


def test_the_promise_in_plain_words(tmp_path: Path, inside: Inside, snapshot: SnapshotAssertion) -> None:
    ran = inside("spec", "show", VAULT, "--quiet", cwd=tmp_path)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == snapshot
    value = json.loads(inside("spec", "show", VAULT, "--json", cwd=tmp_path).out)
    assert value["name"] == "Vault"
    assert {line["id"] for line in value["lines"]} >= {"solvent", "withdraw.short"}


def test_the_promise_with_examples(tmp_path: Path, inside: Inside) -> None:
    ran = inside("spec", "show", VAULT, "--examples", "--quiet", cwd=tmp_path)
    assert (ran.code, ran.err) == (0, "")
    assert "      accepts: withdraw(" in ran.out and "      rejects: withdraw(" in ran.out
    lines = json.loads(inside("spec", "show", VAULT, "--examples", "--json", cwd=tmp_path).out)["lines"]
    short = next(line["examples"] for line in lines if line["id"] == "withdraw.short")
    assert (short["accepted"]["outcome"], short["rejected"]["outcome"]) == ("it reverts", "it succeeds")
    assert {v["getter"].split("(")[0] for v in short["accepted"]["values"]} >= {"total", "balanceOf"}
    assert next(line["examples"] for line in lines if line["id"] == "withdraw.emits") is None


def test_a_specification_and_an_older_one(tmp_path: Path, inside: Inside, snapshot: SnapshotAssertion) -> None:
    old, new = VAULT.read_text(), tmp_path / "Vault.spec.sol"
    new.write_text(old.replace("balance(this) >= total()", "balance(this) + 1 >= total()").replace("reverts short", "reverts poor"))
    (tmp_path / "Old.spec.sol").write_text(old)
    ran = inside("spec", "diff", "Old.spec.sol", "Vault.spec.sol", "--quiet", cwd=tmp_path)
    assert (ran.code, ran.err) == (1, "")
    assert ran.out == snapshot
    value = json.loads(inside("spec", "diff", "Old.spec.sol", "Vault.spec.sol", "--json", cwd=tmp_path).out)
    assert value["relation"] == "incomparable"
    found = {row["id"]: row["relation"] for row in value["clauses"] if row["relation"] != "equal"}
    assert found == {"solvent": "weaker", "withdraw.short": "incomparable"}
    back = inside("spec", "diff", "Old.spec.sol", "Old.spec.sol", cwd=tmp_path)
    assert (back.code, back.out.split()[0]) == (0, "EQUAL")
    (tmp_path / "Bad.spec.sol").write_text("interface")
    for words in (("Bad.spec.sol", "Vault.spec.sol"), ("Old.spec.sol", "none.spec.sol")):
        bad = inside("spec", "diff", *words, cwd=tmp_path)
        assert (bad.code, bad.out) == (2, "")
        assert "solwright: " in bad.err


@pytest.mark.attack
@pytest.mark.parametrize("text", ['api_key = "sk-verysecretkey123"', 'base_url = "http://evil.example"'])
def test_a_settings_file_cannot_carry_keys_or_send_them_away(text: str, tmp_path: Path) -> None:
    (tmp_path / "solwright.toml").write_text(text)
    ran = solwright("new", "a vault", "--model", "m", cwd=tmp_path, env={"OPENAI_API_KEY": "sk-another-secret-key"})
    assert (ran.code, ran.out) == (2, "")
    assert "only from the environment" in ran.err
    assert "sk-" not in ran.err


def test_a_wrong_setting_is_bad_input(tmp_path: Path) -> None:
    (tmp_path / "solwright.toml").write_text('modle = "x"')
    ran = solwright("new", "a vault", cwd=tmp_path)
    assert ran.code == 2
    assert "did you mean model?" in ran.err


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["new", ""], 2, "there is no request"),
        (["new", "-"], 2, "there is no request"),
        (["new", "none.md", "--model", "m"], 2, "none.md cannot be read"),
        (["new", "x" * 50_000, "--model", "m"], 2, "at most"),
        (["new", "a vault"], 2, "no model is named"),
        (["new", "a vault", "--model", "m"], 4, "there is no key"),
        (["new", "a vault", "--model", "m", "--replay", "none.jsonl"], 2, "none.jsonl cannot be read"),
        (["new", "--spec", "none.spec.sol", "--model", "m"], 2, "none.spec.sol"),
        (["new", "a vault", "--model", "m", "--trust-config", "x"], 2, "--trust-config alone does nothing"),
        (["demo", "--out", "/dev/null/below", "--quiet"], 2, "cannot write into /dev/null/below"),
        (["check", ".", "--quick"], 5, "is no bundle: it has no certificate.json"),
        (["check", ".", "--trust-config", "x"], 2, "--trust-config alone does nothing"),
        (["new", "a vault", "--model", "m", "--budget", "many"], 2, "neither dollars nor tokens"),
    ],
)
def test_a_job_that_cannot_start(
    words: list[str], code: int, message: str, tmp_path: Path, inside: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "--budget" in words:
        monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
        monkeypatch.setenv("OPENAI_API_KEY", "sk-test-key-of-ours")
    monkeypatch.setattr("sys.stdin", io.StringIO())
    ran = inside(*words, cwd=tmp_path)
    assert ran.code == code, ran.err
    assert message in ran.err
    assert ran.out == ""


def test_tools_that_are_missing_are_named_with_the_command_to_type(tmp_path: Path) -> None:
    empty = {"SOLWRIGHT_HOME": str(tmp_path / "empty")}
    ran = solwright("spec", "show", VAULT, cwd=tmp_path, env=empty)
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.splitlines()[-2:] == ["solwright: solc 0.8.37 is not installed", "  next: run: solwright setup"]
    doctor = solwright("doctor", "--json", cwd=tmp_path, env=empty)
    value = json.loads(doctor.out)
    assert (doctor.code, value["works"]) == (3, False)
    assert {t["name"]: t["nextStep"] for t in value["tools"]}["solady"] == "run: solwright setup"


def test_setup_leaves_the_fuzz_engine_compiled(tmp_path: Path) -> None:
    for done in ({"present", "compiled"}, {"present"}):
        steps = json.loads(solwright("setup", "--json", cwd=tmp_path).out)["steps"]
        assert next(s["done"] for s in steps if s["name"] == "fuzz engine") in done
    assert engine_is_built()


@pytest.mark.parametrize("env", [{"HOME": None, "TERM": None}, {"HOME": "/nonexistent", "TERM": "dumb", "LANG": "C", "PYTHONUTF8": "0"}])
def test_poor_surroundings(env: dict[str, str | None], tmp_path: Path) -> None:
    from toolchain.install import home

    ran = solwright("spec", "show", VAULT, cwd=tmp_path, env={"SOLWRIGHT_HOME": str(home()), **env})
    assert ran.code == 0, ran.err
    assert "\x1b" not in ran.out + ran.err


@pytest.mark.attack
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_signals_end_it_cleanly(number: signal.Signals, code: int, tmp_path: Path) -> None:
    process = subprocess.Popen(
        command("spec", "check", VAULT), cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    assert "checking" in process.stderr.readline()
    process.send_signal(number)
    out, err = process.communicate()
    assert (process.returncode, out) == (code, "")
    assert err.endswith("\nsolwright: interrupted\n")
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


LATE = """
import os, signal, sys
import solwright.__main__ as program

class Output:
    def flush(self): os.kill(os.getpid(), signal.SIGINT)

def main():
    signal.signal(signal.SIGINT, program._leave)
    return 1

program.main, sys.stdout = main, Output()
program.start()
"""


def test_an_interrupt_at_the_very_end_changes_no_answer(tmp_path: Path) -> None:
    ran = subprocess.run([sys.executable, "-c", LATE], cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (1, "")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_command_prints_its_json_all_the_same(number: signal.Signals, code: int, tmp_path: Path) -> None:
    process = subprocess.Popen(
        command("spec", "check", VAULT, "--json"),
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    assert "checking" in process.stderr.readline()
    process.send_signal(number)
    out, _ = process.communicate()
    assert json.loads(out)["exitCode"] == code


@pytest.mark.attack
@pytest.mark.parametrize("redirection", ["| true", ">&-", "2>&-", "> /dev/full"])
def test_a_stream_that_is_closed_or_full(redirection: str, tmp_path: Path) -> None:
    line = f"{' '.join(command('spec', 'show', VAULT))} {redirection}; echo ${{PIPESTATUS[0]}} >&3"
    reading, writing = os.pipe()
    done = subprocess.run(
        ["bash", "-c", f"exec 3>&{writing}; {line}"], cwd=tmp_path, env=environment(), capture_output=True, pass_fds=(writing,), check=False
    )
    os.close(writing)
    code = int(os.read(reading, 16))
    os.close(reading)
    assert code == (3 if "full" in redirection else 0), done.stderr
    assert b"Traceback" not in done.stderr + done.stdout
    assert b"Exception ignored" not in done.stderr


def on_a_terminal(folder: Path, rows: int, columns: int) -> tuple[int, bytes]:
    """Run `spec check` on a terminal of that size; return the exit code and all that it shows."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (rows, columns))
    process = subprocess.Popen(
        command("spec", "check", VAULT),
        cwd=folder,
        env=environment(TERM="xterm", COLUMNS=None),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        close_fds=True,
    )
    os.close(theirs)
    text = b""
    while True:
        try:
            chunk = os.read(ours, 4096)
        except OSError:  # the other side is closed
            break
        if not chunk:
            break
        text += chunk
    process.wait()
    os.close(ours)
    return process.returncode, text


def test_on_a_terminal_there_is_colour_and_one_line_that_changes(tmp_path: Path) -> None:
    code, text = on_a_terminal(tmp_path, 24, 100)
    assert code == 0
    assert b"\x1b[32mVault is consistent" in text


@pytest.mark.attack
def test_a_terminal_of_one_cell_changes_no_answer(tmp_path: Path) -> None:
    code, text = on_a_terminal(tmp_path, 1, 1)
    assert code == 0
    assert b"Vault is consistent" in text
    assert b"Traceback" not in text


def test_starting_imports_nothing_heavy(tmp_path: Path) -> None:
    heavy = "('halmos', 'slither', 'openai', 'z3', 'lark', 'jinja2', 'pydantic', 'rich.live')"
    program = f"import sys; import solwright.cli; print(*sorted(m for m in {heavy} if m in sys.modules))"
    done = subprocess.run([*command()[:1], "-c", program], cwd=tmp_path, env=environment(), capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_what_nobody_expected_becomes_a_message_and_a_log(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import specs.render\n\ndef broken(*_):\n    raise ZeroDivisionError('key sk-abcdefghijklmnop')\n\nspecs.render.describe = broken\n"
    )
    env = {
        "PYTHONPATH": f"{tmp_path}:{ROOT}",
        "HOME": str(tmp_path),
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "OPENAI_API_KEY": "sk-abcdefghijklmnop",
    }
    from toolchain.install import home

    ran = solwright("spec", "show", VAULT, cwd=tmp_path, env={**env, "SOLWRIGHT_HOME": str(home())})
    assert ran.code == 3
    assert "internal error: ZeroDivisionError" in ran.err
    assert "sk-abcdefghijklmnop" not in ran.err
    (log,) = (tmp_path / "state").rglob("*.log")
    assert str(log) in ran.err
    assert "Traceback" in log.read_text()
    assert "sk-abcdefghijklmnop" not in log.read_text()


def test_versions() -> None:
    ran = solwright("--version", cwd=ROOT)
    assert ran.code == 0
    assert ran.out.startswith("solwright ")
