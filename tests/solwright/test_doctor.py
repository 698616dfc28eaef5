"""`solwright doctor` says which endpoint would be asked, and what is wrong with the settings that every other command would refuse."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from solwright.commands.doctor import model, settings
from tests.solwright.command import ROOT, Inside, solwright
from toolchain.doctor import Check


@pytest.mark.attack
def test_neither_key_nor_credentials_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary-key")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://user:canary-password@127.0.0.1:8080/v1?token=canary-token")
    found = model()
    assert "canary" not in repr(found)
    assert found == Check("model", "", "http://127.0.0.1:8080/v1", True, needed=False)


@pytest.mark.parametrize(
    ("address", "works", "said"),
    [
        ("", False, "there is no key for the model at api.openai.com"),
        ("https://models.example/v1", False, "there is no key for the model at models.example"),
        ("http://127.0.0.1:11434/v1", True, ""),
        ("ftp://models.example", False, "OPENAI_BASE_URL is not an http or https address"),
    ],
)
def test_a_key_is_missed_only_where_one_is_needed(address: str, works: bool, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.setenv("OPENAI_BASE_URL", address)
    found = model()
    assert (found.works, found.needed, found.problem) == (works, False, said)
    assert bool(found.next_step) == (not works)


def test_settings_say_where_they_come_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert settings() == Check("settings", "", "the usual ones", True)
    monkeypatch.setenv("SOLWRIGHT_JOBS", "2")
    assert settings() == Check("settings", "", "SOLWRIGHT_JOBS", True)


@pytest.mark.parametrize(
    ("variable", "meant"),
    [("SOLWRIGHT_TIMOUT", "SOLWRIGHT_TIMEOUT"), ("SOLWRIGHT_HOM", "SOLWRIGHT_HOME"), ("SOLWRIGHT_SANBOX", "SOLWRIGHT_SANDBOX")],
)
def test_a_misspelt_variable_is_named(variable: str, meant: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(variable, "60")
    found = settings()
    assert (found.works, found.needed) == (False, True)
    assert found.problem == f"the environment: there is no setting {variable}"
    assert found.next_step == f"did you mean {meant}?"


VAULT = str(ROOT / "examples" / "vault" / "Vault.spec.sol")


@pytest.mark.parametrize("words", [("spec", "show", VAULT), ("spec", "check", VAULT), ("spec", "diff", VAULT, VAULT), ("verify", VAULT)])
def test_every_command_refuses_a_misspelt_variable(
    words: tuple[str, ...], tmp_path: Path, inside: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOLWRIGHT_JBOS", "2")
    ran = inside(*words, cwd=tmp_path)
    assert (ran.code, ran.out) == (2, "")
    assert "did you mean SOLWRIGHT_JOBS?" in ran.err
    assert inside(*words, "--help", cwd=tmp_path).code == 0


def test_doctor_and_setup_refuse_a_misspelt_variable(tmp_path: Path, inside: Inside, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOLWRIGHT_HOM", str(tmp_path))
    setup = solwright("setup", cwd=tmp_path, env={"SOLWRIGHT_HOM": str(tmp_path)})
    assert (setup.code, setup.out) == (2, "")
    assert "did you mean SOLWRIGHT_HOME?" in setup.err
    monkeypatch.setattr("toolchain.doctor.examine", lambda: ())
    doctor = inside("doctor", "--json", cwd=tmp_path)
    value = json.loads(doctor.out)
    assert (doctor.code, value["works"]) == (3, False)
    assert {t["name"]: t["nextStep"] for t in value["tools"]}["settings"] == "did you mean SOLWRIGHT_HOME?"
