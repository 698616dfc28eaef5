"""Replay the recorded examples with real engines: what failed, who found it, and that the end is proved."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from codegen.providers.replay import read_tape
from tests.solwright.command import ROOT, Ran, solwright
from toolchain.install import home

EXAMPLES = ROOT / "examples"
DEMO = ROOT / "solwright" / "demo"
NAMES = ("escrow", "token", "vault")


def forgetful(folder: Path) -> dict[str, str]:
    """Return the environment in which nothing is known from earlier runs; what `solwright setup` leaves stays."""
    (folder / "home").mkdir()
    for name in ("packages", "solc", "engine"):
        (folder / "home" / name).symlink_to(home() / name)
    return {"SOLWRIGHT_HOME": str(folder / "home")}


def replay(name: str, folder: Path) -> tuple[Ran, list[dict[str, Any]]]:
    """Do the main job with an example's tape, without the strength, which the demo measures; return how it ended and the run record."""
    example = EXAMPLES / name
    command = ("new", example / "request.md", "--replay", example / "tape.jsonl", "--yes", "--out", "out")
    ran = solwright(*command, cwd=folder, env=forgetful(folder) | {"SOLWRIGHT_STRENGTH": "0"})
    return ran, record_of(folder)


def record_of(folder: Path) -> list[dict[str, Any]]:
    (record,) = folder.glob(".solwright/runs/*/record.jsonl")
    return [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()]


def failed_attempts(record: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [line["report"] for line in record if line["kind"] == "judged" and line["report"]["verdict"] != "verified"]


def finders(report: dict[str, Any]) -> dict[str, str]:
    """Return which engine found what refutes each broken promise."""
    broken = [o for o in report["obligations"] if o["verdict"] == "REFUTED"]
    assert all(o["counterexample"]["replayed"] and o["counterexample"]["reached"] for o in broken)
    return {o["id"]: o["counterexample"]["found_by"] for o in broken}


def is_handed_over(name: str, ran: Ran, folder: Path) -> bool:
    """Tell whether the run ended with the contract that lies beside the example."""
    title = name.capitalize()
    assert ran.code == 0, ran.err
    assert (folder / "out" / f"{title}.bundle").is_dir()
    return (folder / "out" / f"{title}.sol").read_text(encoding="utf-8") == (EXAMPLES / name / f"{title}.sol").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_a_tape_says_how_it_was_made(name: str) -> None:
    header, turns = read_tape(EXAMPLES / name / "tape.jsonl")
    assert "by hand" in header.made and "intended" in header.made
    assert len(turns) == 3


def test_the_demo_is_the_vault() -> None:
    for file in ("request.md", "tape.jsonl"):
        assert (DEMO / file).read_text(encoding="utf-8") == (EXAMPLES / "vault" / file).read_text(encoding="utf-8")


@pytest.mark.corpus
def test_the_vault_that_pays_first_is_refuted(tmp_path: Path) -> None:
    """README.md shows this."""
    vault = EXAMPLES / "vault"
    command = ("verify", vault / "Hasty.sol", "--spec", vault / "Vault.spec.sol", "--contract", "Vault")
    ran = solwright(*command, cwd=tmp_path, env=forgetful(tmp_path))
    assert ran.code == 1, ran.err
    assert "withdraw.solvent@callout — REFUTED" in ran.out
    assert "withdraw.atomic — REFUTED" in ran.out


@pytest.mark.corpus
def test_token(tmp_path: Path) -> None:
    """The first specification does not say what `approve` may change, so it is sent back; the contract is right at once."""
    ran, record = replay("token", tmp_path)
    assert is_handed_over("token", ran, tmp_path)
    assert not failed_attempts(record)
    assert "specification 1 is sent back" in ran.err
    assert "approve: no clause says what it may change" in re.sub(r"\s+", " ", ran.err)


@pytest.mark.corpus
def test_escrow(tmp_path: Path) -> None:
    """The first contract drops the highest bits of the deadline: no sample meets that, the symbolic engine does."""
    ran, record = replay("escrow", tmp_path)
    assert is_handed_over("escrow", ran, tmp_path)
    (first,) = failed_attempts(record)
    assert finders(first) == {"fund.succeeds": "symbolic", "fund.wrongAmount": "symbolic"}


@pytest.mark.corpus
def test_demo(tmp_path: Path) -> None:
    """The first vault pays before it writes; the fuzzer's attacker comes back and breaks the book."""
    ran = solwright("demo", cwd=tmp_path, env=forgetful(tmp_path))
    assert ran.code == 0, ran.err
    assert "everything else happens now" in ran.err + ran.out
    (contract,) = tmp_path.glob(".solwright/runs/*/Vault.sol")
    assert contract.read_text(encoding="utf-8") == (EXAMPLES / "vault" / "Vault.sol").read_text(encoding="utf-8")
    assert (contract.parent / "Vault.bundle").is_dir()
    (first,) = failed_attempts(record_of(tmp_path))
    found = finders(first)
    assert found["withdraw.accounted"] == "fuzz"
    assert {"withdraw.solvent@callout", "withdraw.atomic"} <= set(found)
