"""A contract beside another one: what is asked, what is taken for granted, who abstains, and what stands in a bundle."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from specs.environment import MODELS
from specs.parse import parse
from tests.corpus.test_corpus import EFFORT, HERE, case_of
from toolchain.solc import compile_sources
from toolchain.sources import import_sources
from verifier.certificate.contents import environment_files
from verifier.counterexample import Call
from verifier.engines import fuzz
from verifier.engines.horn.engine import state
from verifier.engines.job import Effort
from verifier.engines.symbolic.engine import discharge_all, search
from verifier.judge import Candidate, Case, JudgeOptions, inspect_case, prepare
from verifier.replay import replay_sequence
from verifier.result import Result
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
    assert {m.signature for m in found.moves} == {
        "transfer(address,uint256)",
        "transferFrom(address,address,uint256)",
        "approve(address,uint256)",
        "mint(address,uint256)",
        "burn(uint256)",
    }


def test_what_a_model_leaves_open_is_known_by_its_code() -> None:
    environment = case_of(HERE / "till" / "proved" / "Till.sol").job.specification.environment
    assert environment is not None
    found = surroundings_of(environment)
    assert found is not None
    assert found.open == (3,)  # `left`: read by a number that moves on, written by nobody
    alone = compile_sources({"All.sol": f"pragma solidity ^0.8.24;\n{found.source}"}).contract(found.contract)
    assert alone.method_identifiers.keys() >= {m.signature for m in found.moves}
    other = surroundings_of(replace(environment, model="ERC20"))
    assert other is not None and other.open == ()


def test_the_horn_engine_does_not_know_it_and_says_nothing(escrow: Case) -> None:
    job = escrow.job
    stated = state(job.specification, job.compilation, job.contract, job.ledger.obligations)
    assert not stated.batches
    assert set(stated.refused.values()) == {"the specification speaks of another contract, which solc's model does not know"}


PURSE = HERE / "purse"


def sampled(path: Path, runs: int) -> dict[str, Result]:
    return {r.obligation: r for r in fuzz.discharge(case_of(path, Effort(fuzz_runs=runs)).job)}


def test_samples_break_a_wrong_contract_and_show_it_beside_the_model() -> None:
    found = sampled(PURSE / "refuted" / "WaitsForTrue.sol", 40)
    broken = {id for id, r in found.items() if r.outcome == "violated"} - {"canary:false"}
    assert broken == {"pay.succeeds"}
    shown = found["pay.succeeds"].counterexample
    assert shown is not None and shown.replayed and shown.reached
    assert "type(ERC20NoReturnWorld).runtimeCode" in shown.test
    assert "contract ERC20NoReturnWorld is ERC20NoReturn, Supply" in shown.test
    assert len(shown.lines()) <= 5


def test_samples_do_not_accuse_a_right_contract() -> None:
    found = sampled(PURSE / "proved" / "Purse.sol", 60)
    assert {id for id, r in found.items() if r.outcome in {"violated", "failed"}} == {"canary:false"}
    for id in ("pay.paid", "pay.poor", "pay.frame(coin.balanceOf)", "constructor.frame(coin.allowance)", "stable(closed)"):
        assert found[id].outcome == "holds", found[id].reason


@pytest.mark.corpus
def test_calls_that_break_a_promise_are_searched_for_beside_it_and_played() -> None:
    case = case_of(PURSE / "refuted" / "WaitsForTrue.sol")
    found = search(case, ["pay.succeeds"])
    shown = replay_sequence(case.job, "pay.succeeds", found["pay.succeeds"])
    assert shown.replayed, shown.message
    assert "type(ERC20NoReturnWorld).runtimeCode" in shown.test


def test_others_make_possible_what_is_played() -> None:
    """The calls that a search finds do not say whence the tokens come that they need."""
    case = case_of(HERE / "till" / "refuted" / "CountsWhatWasSent.sol")
    coin, owner, other = (f"0x{n:040x}" for n in (0xC0111, 0xA11CE, 0xB0B))
    arguments = "".join(bytes.fromhex(a[2:]).rjust(32, b"\0").hex() for a in (coin, owner))
    deployed = Call("constructor", "", owner, 0, arguments, kind="deploy", there=coin)
    put = next(f for f in case.job.specification.entries if f.name == "put")
    shown = replay_sequence(case.job, "put.counted", [deployed, Call("put", "", other, 0, f"{put.selector}{1000:064x}")])
    assert shown.replayed, shown.message
    assert [c.kind for c in shown.calls] == ["deploy", "use", "use", "call"]
    assert {c.text.partition("(")[0] for c in shown.calls[1:3]} == {"coin.mint", "coin.approve"}


def test_a_deployment_that_names_no_environment_is_none(tmp_path: Path) -> None:
    text = (PURSE / "proved" / "Purse.sol").read_text()
    assert "        coin = coin_;\n" in text
    (tmp_path / "Purse.sol").write_text(text.replace("        coin = coin_;\n", ""))
    specification = parse(PURSE / "Purse.spec.sol")
    case = prepare(specification, Candidate(import_sources(tmp_path / "Purse.sol", root=tmp_path), "Purse"), JudgeOptions())
    (run,) = discharge_all([(case, ("constructor.reachable", "constructor.set"))])
    found = {r.obligation: r.outcome for r in run.results}
    assert (found["constructor.reachable"], found["constructor.set"]) == ("vacuous", "unknown")


THING = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:deploy ()
/// @custom:environment coin is ERC20
/// @custom:invariant frozen: IERC20(coin()).totalSupply() == 0
interface Thing {
    function coin() external view returns (address);
    /// @custom:modifies nothing
    /// @custom:succeeds otherwise
    function ask() external;
    /// @custom:reverts poor: IERC20(coin()).balanceOf(address(this)) < amount
    /// @custom:changes paid: IERC20(coin()).balanceOf(address(this)) by -amount, IERC20(coin()).balanceOf(msg.sender) by +amount
    /// @custom:succeeds otherwise
    function pay(uint256 amount) external;
}
"""
CODE = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
interface IToken {
    function decimals() external view returns (uint8);
    function transfer(address to, uint256 amount) external returns (bool);
}
contract Thing {
    address public constant coin = 0x6B175474E89094C44Da98b954EedeAC495271d0F;
    function ask() external { IToken(coin).decimals(); }
    function pay(uint256 amount) external { require(IToken(coin).transfer(msg.sender, amount)); }
}
"""


def test_samples_end_where_the_model_is_asked_for_what_it_lacks_and_find_what_others_break(tmp_path: Path) -> None:
    """And the model stands where the code says, whatever that is."""
    (tmp_path / "Thing.spec.sol").write_text(THING)
    (tmp_path / "Thing.sol").write_text(CODE)
    tree = import_sources(tmp_path / "Thing.sol", root=tmp_path)
    case = prepare(parse(tmp_path / "Thing.spec.sol"), Candidate(tree, "Thing"), JudgeOptions(effort=Effort(fuzz_runs=60)))
    found = {r.obligation: r for r in fuzz.discharge(case.job)}
    assert found["ask.succeeds"].outcome == "unknown"
    assert found["ask.reachable"].outcome == "unknown"
    assert found["pay.succeeds"].outcome == "holds"
    shown = found["stable(frozen)"].counterexample
    assert shown is not None and shown.replayed
    assert shown.calls[-1].kind == "use"
    assert shown.calls[-1].text.startswith("coin.mint(")
    assert "address internal constant there = 0x6B175474E89094C44Da98b954EedeAC495271d0F;" in shown.test


@pytest.mark.corpus
@pytest.mark.parametrize("name", ["staking/proved/Staking", "till/proved/Till", "token-escrow/proved/TokenEscrow"])
def test_samples_do_not_accuse_other_right_contracts(name: str) -> None:
    found = sampled(HERE / f"{name}.sol", 300)
    assert {id for id, r in found.items() if r.outcome in {"violated", "failed"}} == {"canary:false"}


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
