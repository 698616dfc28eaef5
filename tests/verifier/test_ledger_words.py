"""What an obligation promises is said once, in one sentence, with the place where it is to be shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from specs.parse import parse
from toolchain.sources import import_sources
from verifier.judge import Candidate, JudgeOptions, prepare

CORPUS = Path(__file__).parents[1] / "corpus"


@pytest.mark.parametrize(("kind", "name"), [("vault", "VaultLocked"), ("escrow", "Escrow"), ("savings", "Savings")])
def test_words_are_not_doubled(kind: str, name: str) -> None:
    specification = parse(next((CORPUS / kind).glob("*.spec.sol")))
    tree = import_sources(CORPUS / kind / "proved" / f"{name}.sol", root=CORPUS / kind)
    obligations = prepare(specification, Candidate(tree, specification.name), JudgeOptions()).job.ledger.obligations
    for o in obligations:
        assert o.words and o.words.count(": ") <= 1 + o.words.count("this: ") and "Always" not in o.words, o


def test_an_invariant_says_where_it_is_to_be_shown() -> None:
    specification = parse(CORPUS / "vault" / "Vault.spec.sol")
    tree = import_sources(CORPUS / "vault" / "proved" / "Vault.sol", root=CORPUS / "vault")
    ledger = prepare(specification, Candidate(tree, "Vault"), JudgeOptions()).job.ledger
    holds = "the contract's ether is at least total."
    said = {
        id: ledger.obligation(id).words for id in ("constructor.solvent", "withdraw.solvent", "withdraw.solvent@callout", "stable(solvent)")
    }
    assert said == {
        "constructor.solvent": f"Right after every deployment: {holds}",
        "withdraw.solvent": f"After every successful call of `withdraw`: {holds}",
        "withdraw.solvent@callout": f"Whenever `withdraw` has called out: {holds}",
        "stable(solvent)": f"However much time passes and ether is forced upon the contract: {holds}",
    }
