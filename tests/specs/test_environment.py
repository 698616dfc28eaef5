"""Another contract of which a specification speaks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from specs import formula as f
from specs import specification as s
from specs.bent import unmentioned
from specs.compare import compare
from specs.contradiction import questions
from specs.environment import MODELS, assumptions
from specs.parse import parse
from specs.reference import reference
from specs.render import describe
from specs.sanity import check
from specs.strawmen import ENVIRONMENT, strawmen
from specs.text import to_text
from toolchain.errors import SpecificationError
from toolchain.solc import compile_sources

TEXT = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @title A till
/// @custom:deploy (address coin_)
/// @custom:environment coin is ERC20
<interface>
interface Till {
    function coin() external view returns (address);
    function other() external view returns (address);
    function size() external view returns (uint256);
    function at(uint256 i) external view returns (address);
    function balanceOf(address who) external view returns (uint256);

    <view>
    function held() external view returns (uint256);

    <function>
    function put(uint256 amount, address to) external returns (bool);
}
"""
PATH = Path("Till.spec.sol")
INVARIANT = "invariant backed: IERC20(coin()).balanceOf(address(this)) >= size()"
CLAUSES = (
    "reverts poor: IERC20(coin()).balanceOf(msg.sender) < amount",
    "changes moved: IERC20(coin()).balanceOf(msg.sender) by -amount, IERC20(coin()).balanceOf(to) by +amount, size() by +amount",
    "modifies IERC20(coin()).allowance(msg.sender, to), balanceOf(to)",
    "ensures kept: old(IERC20(coin()).totalSupply()) == IERC20(coin()).totalSupply()",
    "succeeds otherwise",
)


def till(spot: str = "", *clauses: str, text: str = TEXT) -> str:
    """Return the specification with clauses at a spot."""
    for name in ("interface", "view", "function"):
        text = text.replace(f"<{name}>", "\n".join(f"/// @custom:{c}" for c in clauses) if name == spot and clauses else "///")
    return text


def refusal(text: str) -> str:
    with pytest.raises(SpecificationError) as found:
        parse(PATH, text)
    return f"{found.value.found} — {found.value.expected}"


@pytest.fixture(scope="module")
def specification() -> s.Specification:
    text = TEXT.replace("<interface>", f"/// @custom:{INVARIANT}").replace(
        "<view>", "/// @custom:equals IERC20(coin()).balanceOf(address(this))"
    )
    return parse(PATH, till("function", *CLAUSES, text=text))


def test_an_environment_has_the_getters_and_the_invariants_of_its_model(specification: s.Specification) -> None:
    found = specification.environment
    assert found is not None
    assert (found.id, found.getter, found.model, found.interface) == ("coin", "coin()", "ERC20", "IERC20")
    assert [g.signature for g in found.getters] == ["coin.totalSupply()", "coin.balanceOf(address)", "coin.allowance(address,address)"]
    assert [to_text(i.formula) for i in found.invariants] == ["sum(coin.balanceOf) == IERC20(coin()).totalSupply()"]
    assert specification.getter("coin.balanceOf(address)").selector == specification.getter("balanceOf(address)").selector
    assert found in specification.clauses
    assert not specification.assumptions


def test_clauses_speak_of_it(specification: s.Specification) -> None:
    put = next(fn for fn in specification.functions if fn.name == "put")
    poor, moved, may, kept, _ = put.clauses
    assert isinstance(poor, s.Reverts)
    assert to_text(poor.formula) == "IERC20(coin()).balanceOf(msg.sender) < amount"
    assert isinstance(moved, s.Changes)
    assert [c.location.getter for c in moved.changes] == ["coin.balanceOf(address)", "coin.balanceOf(address)", "size()"]
    assert isinstance(may, s.Modifies)
    assert [x.getter for x in may.locations] == ["coin.allowance(address,address)", "balanceOf(address)"]
    assert isinstance(kept, s.Ensures)
    assert any(isinstance(e, f.Old) for e in f.walk(kept.formula))


def test_every_key_of_it_may_be_open() -> None:
    found = parse(PATH, till("function", "modifies IERC20(coin()).balanceOf(*)", "succeeds otherwise"))
    (clause, _) = next(fn for fn in found.functions if fn.name == "put").clauses
    assert isinstance(clause, s.Modifies)
    assert clause.locations == (s.Location("coin.balanceOf(address)", None),)
    assert "coin.balanceOf at every key" in "\n".join(map(str, describe(found)))


def test_it_is_said_in_plain_words_on_top(specification: s.Specification) -> None:
    lines = [str(x) for x in describe(specification)]
    assert lines[1].startswith("  [coin] Taken for granted: environment coin is ERC20: the contract at coin() behaves as the model ERC20")
    assert "not covered: fees, hooks" in lines[1]
    assert "coin() is not the contract itself, and while it is called it calls nobody" in lines[1]
    assert any("this contract's balanceOf in coin is at least size" in x for x in lines)
    assert any("`put` may change allowance(the caller, `to`) in coin" in x for x in lines)


def test_its_model_is_part_of_the_digest(specification: s.Specification) -> None:
    from specs.digest import digest

    environment = specification.environment
    assert environment is not None
    others = tuple(c for c in specification.clauses if c is not environment)
    changed = replace(specification, clauses=(replace(environment, model_digest="0" * 64), *others))
    without = replace(specification, clauses=others)
    assert digest(specification) == specification.digest
    assert len({specification.digest, digest(changed), digest(without)}) == 3
    assert environment.model_digest[:16] in assumptions(environment)[0]


def test_contradictions_are_found_in_what_is_said_of_it(specification: s.Specification) -> None:
    assert [str(p) for p in check(specification) if p.severity == "error"] == []
    clauses = ("modifies nothing", "ensures grown: IERC20(coin()).totalSupply() > old(IERC20(coin()).totalSupply())", "succeeds otherwise")
    wrong = parse(PATH, till("function", *clauses))
    assert any("no call can keep" in p.found or "grown" in p.clause for p in check(wrong) if p.severity == "error")
    assert tuple(questions(specification))


def test_strawmen_have_an_environment(specification: s.Specification) -> None:
    assert all(f"function coin() external view returns (address) {{ {ENVIRONMENT} }}" in x.source for x in strawmen(specification))


def test_a_promise_about_another_contract_is_another_promise(specification: s.Specification) -> None:
    environment = specification.environment
    assert environment is not None
    others = tuple(c for c in specification.clauses if c is not environment)
    changed = replace(specification, clauses=(replace(environment, model_digest="0" * 64), *others))
    stands = ("modifies nothing", "succeeds otherwise")
    plain = parse(PATH, till("function", *stands, text=TEXT.replace("/// @custom:environment coin is ERC20\n", "")))
    beside = parse(PATH, till("function", *stands))
    assert [r.id for r in compare(specification, changed).loses] == ["coin"]
    assert compare(plain, beside).relation == compare(beside, plain).relation == "incomparable"
    assert compare(specification, specification).relation == "equal"


def test_what_a_function_may_change_there_is_compared() -> None:
    tight, loose = (
        parse(PATH, till("function", f"modifies {location}", "succeeds otherwise"))
        for location in ("IERC20(coin()).balanceOf(to)", "IERC20(coin()).balanceOf(*)")
    )
    assert [(r.id, r.relation) for r in compare(tight, loose).loses] == [("put.frame(coin.balanceOf)", "weaker")]
    assert compare(loose, tight).relation == "stronger"


def test_no_contract_is_written_from_clauses_about_another(specification: s.Specification) -> None:
    assert reference(specification) is None
    assert "coin" not in [g.name for g in unmentioned(parse(PATH, till()))]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("coin is ERC21", "the unknown model ERC21 — did you mean ERC20?"),
        (
            "coin is Weth",
            "the unknown model Weth — models of other contracts (import one of your own): ERC20, ERC20FeeOnTransfer, ERC20NoReturn",
        ),
        ("coin is Anything", "the model Anything — leave the clause out: a contract that no environment names may do anything"),
        ("coins is ERC20", "the unknown getter coins() — did you mean coin?"),
        ("size is ERC20", "size, which is no getter of one address — declare `function size() external view returns (address);`"),
        ("at is ERC20", "at, which is no getter of one address — declare `function at() external view returns (address);`"),
        ("put is ERC20", "put, which is no getter of one address — declare `function put() external view returns (address);`"),
        (
            "coin is ERC20\n/// @custom:environment other is ERC20",
            "a second environment — a specification speaks of one other contract at most",
        ),
        ("coin is ERC20\n/// @custom:environment coin is ERC20", "a second environment"),
        ("coin ERC20", "`ERC20` in @custom:environment — write `environment asset is ERC20`: a getter of an address, and a model"),
        ("coin() is ERC20", "`(` in @custom:environment — write `environment asset is ERC20`"),
        ("coin is ERC20, other is ERC20", "`,` in @custom:environment"),
    ],
)
def test_what_is_no_environment_is_refused(wrong: str, said: str) -> None:
    assert refusal(till(text=TEXT.replace("coin is ERC20", wrong))).startswith(said)


@pytest.mark.parametrize(
    ("spot", "clause", "said"),
    [
        ("function", "reverts poor: IERC20(other()).balanceOf(to) < 1", "IERC20(…) of another address — write IERC20(coin())"),
        ("function", "reverts poor: IERC20(coin()).balance(to) < 1", "the unknown getter balance(…) — did you mean balanceOf?"),
        ("function", "reverts poor: IERC20(coin()).transfer(to, 1)", "the unknown getter transfer(…) — getters of the model ERC20"),
        ("function", "reverts poor: IERC20(coin()).balanceOf() < 1", "balanceOf with 0 arguments — balanceOf takes 1"),
        ("function", "reverts poor: IERC20(coin()).balanceOf(amount) < 1", "`amount` is a uint256 — "),
        ("function", "reverts poor: IERC20(coin()) == to", "`IERC20(…)` alone — write IERC20(coin()).totalSupply(…)"),
        ("function", "modifies IERC20(coin()).balanceOf(to, to)", "balanceOf with 2 arguments — balanceOf takes 1"),
        ("function", "modifies IERC20(coin()).totalSupply(*)", "totalSupply(*), which has no key — write totalSupply()"),
        ("function", "modifies IERC721(coin()).balanceOf(to)", "a location of another contract — name it by `@custom:environment"),
        ("function", "modifies coin()", "coin() may change here, and `environment coin is ERC20` speaks of what is at that address"),
        ("interface", "modifies IERC20(coin()).balanceOf(coin_)", "a location of coin() at the interface — a deployment leaves other"),
        ("interface", "deployable rich: IERC20(coin()).balanceOf(coin_) > 1", "a call of IERC20 in the clause `deployable`"),
        ("function", "environment coin is ERC20", "@custom:environment at put, which changes state — it belongs to the interface"),
    ],
)
def test_what_it_does_not_have_is_refused(spot: str, clause: str, said: str) -> None:
    assert refusal(till(spot, clause)).startswith(said)


def test_its_address_is_no_definition() -> None:
    text = TEXT.replace("    function coin()", "    /// @custom:equals other()\n    function coin()")
    assert refusal(till(text=text)).startswith("`equals` at coin(), the address of an environment")
    pure = TEXT.replace("function coin() external view", "function coin() external pure")
    assert refusal(till(text=pure)).startswith("coin, which is pure")


def test_without_an_environment_nobody_else_is_spoken_of() -> None:
    text = TEXT.replace("/// @custom:environment coin is ERC20\n", "")
    assert "IERC20" in refusal(till("function", "reverts poor: IERC20(coin()).balanceOf(to) < 1", text=text))


@pytest.mark.parametrize("name", sorted(MODELS))
def test_every_model_has_its_files_and_a_specification_that_stands(name: str) -> None:
    model = MODELS[name]
    assert {f"{name}.sol", f"{name}World.sol", f"{name}.spec.sol", "Token.sol"} <= set(model.files())
    assert compile_sources(model.sources()).contract(f"{name}World")
    for suffix in ("", "World"):
        found = parse(Path(__file__).parents[2] / "specs" / "environments" / f"{name}{suffix}.spec.sol")
        assert [str(p) for p in check(found) if p.severity == "error"] == []
