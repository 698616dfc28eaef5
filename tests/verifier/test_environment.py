"""A contract beside another one: what is asked, what is taken for granted, who abstains, and what stands in a bundle."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from specs.environment import MODELS
from specs.parse import parse
from tests.corpus.test_corpus import EFFORT, HERE, case_of
from toolchain.sources import import_sources
from verifier.certificate.contents import environment_files
from verifier.engines import fuzz
from verifier.engines.horn.engine import state
from verifier.engines.symbolic.engine import discharge_all
from verifier.harness.generate import generate
from verifier.judge import Candidate, Case, JudgeOptions, inspect_case, prepare
from verifier.surroundings import surroundings_of
from verifier.verdict import conclude

MODELS_AT = Path(__file__).resolve().parents[2] / "specs" / "environments"
ESCROW = HERE / "token-escrow" / "proved" / "TokenEscrow.sol"


@pytest.fixture(scope="module")
def escrow() -> Case:
    return case_of(ESCROW)


def test_what_is_taken_for_granted_stands_first(escrow: Case) -> None:
    first, second, *others = escrow.job.ledger.assumptions
    assert first.startswith("environment asset is ERC20: the contract at asset() behaves as the model ERC20")
    assert second.startswith("asset() is not the contract itself, and while it is called it calls nobody")
    assert "timestamp" in others[0]


def test_everything_leans_on_the_address_that_stays(escrow: Case) -> None:
    ledger = escrow.job.ledger
    invariants = dict(ledger.groups)["invariants"]
    for function in ("deposit", "release"):
        assert {f"{function}.frame(asset)", f"{function}.frame(asset)@callout", "stable(frame(asset))"} <= {*invariants}
    assert "deposit.frame(asset)@callout" in ledger.leaned_on(ledger.obligation("release.paid"))


def test_each_function_and_the_deployment_keep_the_other_contract_as_it_was(escrow: Case) -> None:
    ids = {o.id for o in escrow.job.ledger.obligations}
    for where in ("constructor", "deposit", "release"):
        assert {f"{where}.frame(asset.{g})" for g in ("balanceOf", "allowance", "totalSupply")} <= ids
    assert not any(id.startswith("stable(frame(asset.") for id in ids)


def test_its_model_is_compiled_with_what_others_may_do(escrow: Case) -> None:
    found = surroundings_of(escrow.job.specification.environment)
    assert found is not None
    assert len(found.selectors) == len({"transfer", "transferFrom", "approve", "balanceOf", "allowance", "totalSupply"})
    assert found.code != found.world
    assert surroundings_of(None) is None


def test_engines_that_do_not_know_it_say_nothing(escrow: Case) -> None:
    tested = tuple(fuzz.discharge(escrow.job))
    assert tested
    assert {(r.outcome, r.strength) for r in tested} == {("unknown", "none")}
    assert fuzz.abstention(escrow.job.specification, escrow.job.contract)
    assert ("stable", "", "backed") in generate(escrow.job.specification).omitted
    job = escrow.job
    stated = state(job.specification, job.compilation, job.contract, job.ledger.obligations)
    assert not stated.batches
    assert set(stated.refused.values()) == {"the specification speaks of another contract, which solc's model does not know"}


def test_a_bundle_holds_the_model(escrow: Case) -> None:
    files = environment_files(escrow.job.specification)
    assert set(files) == {f"environment/{n}" for n in ("Token.sol", "ERC20.sol", "ERC20World.sol", "ERC20.spec.sol")}
    assert files["environment/ERC20.sol"] == (MODELS_AT / "ERC20.sol").read_bytes()
    others = tuple(c for c in escrow.job.specification.clauses if c is not escrow.job.specification.environment)
    assert environment_files(replace(escrow.job.specification, clauses=others)) == {}


@pytest.mark.corpus
def test_models_keep_their_own_specifications() -> None:
    """Proofs beside a model use its invariants: they must hold, whatever others do. A world is its model, and inherits its promises.

    All in one process of the engine: the models share most of their text, and what was proved of one is known of the next.
    """
    names = [f"{model}World" for model in sorted(MODELS)]
    cases = [
        prepare(
            parse(MODELS_AT / f"{name}.spec.sol"),
            Candidate(import_sources(MODELS_AT / f"{name}.sol", root=MODELS_AT), name),
            JudgeOptions(effort=EFFORT),
        )
        for name in names
    ]
    unproved: dict[str, dict[str, str]] = {}
    for name, case, run in zip(names, cases, discharge_all([(case, ()) for case in cases]), strict=True):
        assert all(c.expected == c.found for c in run.canaries)
        verdicts = conclude(case.job.ledger, [*run.results, *inspect_case(case).results])
        unproved[name] = {v.obligation: v.reason for v in verdicts.values() if v.status != "PROVED"}
    assert unproved == {name: {} for name in names}
