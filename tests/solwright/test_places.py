"""Where reports and tests go, and what they say of where they belong."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from solwright.runs import home_of, make_room
from tests.solwright.command import ROOT, solwright
from toolchain.errors import UsageError
from toolchain.forge import configure, run_tests
from toolchain.workspace import fresh_workspace
from verifier.engines.symbolic.engine import keep_answers

VAULT = ROOT / "tests" / "corpus" / "vault"


@pytest.mark.corpus
def test_the_test_of_a_project_fails_in_that_project(tmp_path: Path) -> None:
    (tmp_path / "foundry.toml").write_text('[profile.default]\nsrc = "src"\n')
    inside = tmp_path / "src" / "vaults"
    inside.mkdir(parents=True)
    shutil.copy(VAULT / "refuted" / "WrongRefund.sol", inside / "Bad.sol")
    shutil.copy(VAULT / "Vault.spec.sol", tmp_path)
    ran = solwright("verify", "Bad.sol", "--spec", "../../Vault.spec.sol", cwd=inside)
    assert ran.code == 1
    assert not (inside / ".solwright").exists()
    (test,) = tmp_path.glob(".solwright/runs/*/counterexamples/withdraw.paid.t.sol")
    with fresh_workspace() as workspace:
        configure(workspace)
        workspace.write("src/vaults/Bad.sol", (inside / "Bad.sol").read_text())
        workspace.write("test/Shown.t.sol", test.read_text())
        (suite,) = run_tests(workspace).suites.values()
    assert {x["status"] for x in suite["test_results"].values()} == {"Failure"}
    assert all("withdraw.paid" in x["reason"] for x in suite["test_results"].values())


@pytest.mark.corpus
def test_a_file_name_that_no_import_can_spell_hides_nothing(tmp_path: Path) -> None:
    shutil.copy(VAULT / "refuted" / "WrongRefund.sol", tmp_path / "Pïggy A.sol")
    shutil.copy(VAULT / "Vault.spec.sol", tmp_path)
    ran = solwright("verify", "Pïggy A.sol", "--spec", "Vault.spec.sol", "--json", cwd=tmp_path)
    assert json.loads(ran.out)["verdict"] == "not-verified"


def test_runs_are_kept_at_the_root_of_the_project_that_we_are_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "project" / "src").mkdir(parents=True)
    (tmp_path / "project" / "foundry.toml").write_text("")
    monkeypatch.chdir(tmp_path / "project" / "src")
    assert home_of(tmp_path / "project") == tmp_path / "project"
    monkeypatch.chdir(tmp_path)
    assert home_of(tmp_path / "project") == tmp_path


def test_an_older_report_makes_room_and_what_is_not_ours_does_not(tmp_path: Path) -> None:
    (tmp_path / "counterexamples").mkdir()
    (tmp_path / "counterexamples" / "old.t.sol").write_text("")
    with pytest.raises(UsageError, match="counterexamples already"):
        make_room(tmp_path)
    (tmp_path / "report.json").write_text('{"schemaVersion": 1}')
    make_room(tmp_path)
    assert [*(tmp_path / "counterexamples").iterdir()] == []
    (tmp_path / "report.json").write_text("mine")
    with pytest.raises(UsageError, match=r"report\.json"):
        make_room(tmp_path)


def test_no_room_for_answers_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    keep_answers(tmp_path / "file" / "cache", ["00"])


def test_nobody_at_the_terminal_approves_nothing(tmp_path: Path) -> None:
    ran = solwright("new", "a vault", "--replay", ROOT / "examples" / "vault" / "tape.jsonl", cwd=tmp_path)
    assert ran.code == 2
    assert "--yes" in ran.err
