"""A reference is a contract that compiles, and each contract that is bent from it differs in one point."""

from __future__ import annotations

from pathlib import Path

import pytest

from specs.bent import bent, unmentioned
from specs.parse import parse
from specs.reference import reference
from tests.specs.box import corpus, parse_box
from toolchain.solc import compile_sources

ROOT = Path(__file__).parents[2]
CORPUS = sorted([*ROOT.glob("tests/corpus/*/*.spec.sol"), *ROOT.glob("examples/*/*.spec.sol")])
#: Their clauses speak of sums, quantifiers or types that are no assignment.
NOT_EXECUTABLE = {
    "Bids",
    "Cards",
    "Dispenser",
    "Plan",
    "Pool",
    "Purse",
    "Savings",
    "Shop",
    "Staking",
    "Till",
    "TokenEscrow",
    "Treasury",
    "Wallet",
}


@pytest.mark.parametrize("path", CORPUS, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_references_of_the_corpus_compile_and_have_the_interface(path: Path) -> None:
    specification = corpus(path)
    made = reference(specification)
    assert (made is None) == (specification.name in NOT_EXECUTABLE)
    if made is not None:
        contract = compile_sources({"Reference.sol": made.source()}).contract(specification.name)
        assert dict(contract.method_identifiers) == {f.signature: f.selector for f in specification.functions if f.selector}


def test_what_is_bent_of_the_token() -> None:
    specification = corpus(ROOT / "examples" / "token" / "Token.spec.sol")
    made = reference(specification)
    assert made is not None
    found = list(bent(made))
    said = [b.wrong for b in found]
    for wrong in (
        "transfer: one that changes nothing",
        "transfer: one that changes what belongs to to where it should be that of msg.sender",
        "transfer: one that takes 0 for `value`",
        "transferFrom: one that takes `from` for `to`",
        "mint: one that lets everybody do what only some may",
        "mint: one that lets owner do what it refuses to others",
        "transfer: one that logs no event",
        "transfer: one that logs this contract for the caller",
        "approve: one that leaves another allowance behind",
        "approve: one that returns another result",
        "transfer: one that refuses every second second",
        "deployment: one after which totalSupply is something else",
    ):
        assert wrong in said
    assert len({b.source for b in found}) == len(found) and all(b.missing and b.line > 1 for b in found)
    original = made.source().splitlines()
    for b in found:
        lines = b.source.splitlines()
        assert len(lines) == len(original) and sum(x != y for x, y in zip(lines, original, strict=True)) == 1


def test_a_payment_that_is_kept() -> None:
    made = reference(corpus(ROOT / "examples" / "vault" / "Vault.spec.sol"))
    assert made is not None
    (kept,) = (b for b in bent(made) if "keeps the ether" in b.wrong)
    assert ".call{value" in made.source() and ".call{value" not in kept.source


def test_a_sum_that_may_not_fit_is_compared_without_it() -> None:
    text = """/// @custom:deploy ()
interface I {
    function n() external view returns (uint256);
    /// @custom:reverts full: n() + x > type(uint256).max
    /// @custom:changes n() by +x
    /// @custom:succeeds otherwise
    function add(uint256 x) external;
}"""
    made = reference(parse(Path("I.spec.sol"), text))
    assert made is not None
    assert "if (x_ > type(uint256).max || n() > type(uint256).max - x_) revert();" in made.source()


def test_getters_of_which_no_clause_speaks() -> None:
    specification = parse_box("interface", "invariant a: sum(balanceOf) == total()")
    silent = {g.name for g in unmentioned(specification)}
    assert "owner" in silent and not silent & {"balanceOf", "total"}
