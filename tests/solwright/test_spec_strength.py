"""`solwright spec strength`: bad input is refused in one message, before any mutant is made."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from solwright.strength import render, to_json
from tests.feedback.bench import SPECIFICATION
from tests.solwright.command import ROOT, Inside
from verifier.mutants.edit import Mutant
from verifier.mutants.found import Found, Judged, Strength

VAULT = ROOT / "examples" / "vault"
TOKEN = ROOT / "examples" / "token" / "Token.spec.sol"


def mutant(number: int) -> Mutant:
    return Mutant(f"V.sol:{number}:constant:0", "V.sol", number, "constant", 0, 1, "1", ("f",))


def found(*killed: bool) -> Strength:
    judged = tuple(
        Judged(
            mutant(n),
            "held-out" if n % 2 else "feedback",
            f"{n:064x}",
            f"--- V.sol\n+++ V.sol\n@@ -1 +1 @@\n-    x = {n};\n+    x = 0;",
            Found("killed", "fuzz", "f.set") if k else Found("accepted"),
        )
        for n, k in enumerate(killed)
    )
    return Strength("s", 400, False, len(killed) + 1, 1, 0, 0, judged, 1.0)


def test_rates_are_fractions_and_null_where_there_is_no_mutant() -> None:
    value = to_json(found(True, True, True, False), 0.9)
    assert (value["feedbackKillRate"], value["heldOutKillRate"], value["meetsPolicy"]) == (1.0, 0.5, False)
    assert value["killers"] == {"fuzz": 3} and value["mutants"]["judged"] == 4
    assert [(s["file"], s["line"], s["operator"], s["set"]) for s in value["survivors"]] == [("V.sol", 3, "constant", "held-out")]
    assert "+    x = 0;" in value["survivors"][0]["diff"]
    none = to_json(found(), 0.0)
    assert (none["feedbackKillRate"], none["heldOutKillRate"], none["meetsPolicy"]) == (None, None, False)


def test_where_nothing_is_held_out_the_other_set_decides() -> None:
    assert found(True).meets(0.9) and not found(False).meets(0.9)


def test_survivors_are_shown_as_diffs() -> None:
    text = "\n".join(line.text for line in render(found(True, False), 0.9, "V (V.sol) against V.spec.sol"))
    assert text.startswith("TOO WEAK  V (V.sol)")
    assert "? V.sol:1 constant (held-out) — keeps every promise\n    -    x = 1;\n    +    x = 0;" in text


def test_a_contract_that_the_specification_does_not_fit(inside: Inside, tmp_path: Path) -> None:
    ran = inside("spec", "strength", TOKEN, VAULT / "Vault.sol", "--json", cwd=tmp_path)
    assert ran.code == 2
    assert json.loads(ran.out)["error"]["message"].endswith("Vault.sol has no contract Token")
    assert "it has Vault: choose with --contract" in ran.err


@pytest.mark.parametrize(
    ("body", "open_obligation"),
    [("function rise() external {}", "undeclared is REFUTED"), ("function increase() external {}", "increase.up is")],
    ids=["another interface", "not what is promised"],
)
def test_a_contract_that_is_not_verified(body: str, open_obligation: str, inside: Inside, tmp_path: Path) -> None:
    (tmp_path / "Counter.spec.sol").write_text(SPECIFICATION)
    (tmp_path / "Counter.sol").write_text(f"pragma solidity ^0.8.24;\ncontract Counter {{ uint256 public n; {body} }}\n")
    ran = inside("spec", "strength", "Counter.spec.sol", "Counter.sol", "--json", cwd=tmp_path)
    assert ran.code == 2
    error = json.loads(ran.out)["error"]
    assert error["message"].startswith("Counter is not verified against Counter.spec.sol: ") and open_obligation in error["message"]
    assert "solwright verify" in error["nextStep"]


def test_files_that_are_the_wrong_way_round(inside: Inside, tmp_path: Path) -> None:
    for words in (("strength", VAULT / "Vault.sol", VAULT / "Vault.spec.sol"), ("diff", VAULT / "Vault.spec.sol", VAULT / "Vault.sol")):
        ran = inside("spec", *words, cwd=tmp_path)
        assert ran.code == 2
        assert "Vault.sol:4:1: the contract Vault" in ran.err and "a specification holds interfaces, and rules" in ran.err


def test_files_that_are_not_there(inside: Inside, tmp_path: Path) -> None:
    assert inside("spec", "strength", "none.spec.sol", VAULT / "Vault.sol", cwd=tmp_path).code == 2
    ran = inside("spec", "strength", VAULT / "Vault.spec.sol", "none.sol", cwd=tmp_path)
    assert ran.code == 2 and "none.sol does not exist" in ran.err


def test_a_part_that_is_none(inside: Inside, tmp_path: Path) -> None:
    ran = inside("spec", "strength", VAULT / "Vault.spec.sol", VAULT / "Vault.sol", "--least", "90", cwd=tmp_path)
    assert ran.code == 2 and "--strength: strength cannot be 90.0" in ran.err
