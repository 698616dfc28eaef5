"""Models of other contracts that users write: which interfaces may be one, and what is made of their clauses."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from specs.compare import compare
from specs.environment import assumptions, model_of
from specs.parse import parse
from specs.render import describe
from specs.sanity import check
from specs.specification import Environment, Specification
from toolchain.errors import SpecificationError

HEAD = "// SPDX-License-Identifier: MIT\npragma solidity ^0.8.24;\n"
FEED = (
    HEAD
    + """
/// @title A price
<interface>
interface Feed {
    <price>
    function price() external view returns (uint256);
    /// @custom:succeeds otherwise
    function limit(address who) external view returns (uint256);
    <set>
    function set(uint256 value) external returns (uint256 id);
}
"""
)
SHOP = (
    HEAD
    + """import {Feed} from "./Feed.spec.sol";
/// @title A shop
/// @custom:deploy (address feed_)
/// @custom:environment feed is Feed
/// @custom:initially set: feed() == feed_
interface Shop {
    function feed() external view returns (address);
    /// @custom:modifies nothing
    /// @custom:ensures told: result == Feed(feed()).price()
    /// @custom:succeeds otherwise
    function ask() external returns (uint256);
}
"""
)
USUAL = {"price": ("succeeds otherwise",), "set": ("modifies price()", "succeeds otherwise")}


def feed(clauses: Mapping[str, tuple[str, ...]] = {}) -> str:
    """Return the model with clauses at its spots."""
    text = FEED
    for spot in ("interface", "price", "set"):
        found = {"interface": (), **USUAL, **clauses}[spot]
        text = text.replace(f"<{spot}>", "\n".join(f"/// @custom:{c}" for c in found) or "///")
    return text


def shop(folder: Path, model: str, text: str = SHOP, **others: str) -> Specification:
    """Parse the shop with this model beside it."""
    (folder / "Feed.spec.sol").write_text(model)
    for name, other in others.items():
        (folder / f"{name}.spec.sol").write_text(other)
    (folder / "Shop.spec.sol").write_text(text)
    return parse(folder / "Shop.spec.sol")


def environment(specification: Specification) -> Environment:
    assert specification.environment is not None
    return specification.environment


def refusal(folder: Path, model: str, text: str = SHOP, **others: str) -> str:
    with pytest.raises(SpecificationError) as found:
        shop(folder, model, text, **others)
    where = Path(found.value.path).name
    return f"{where}:{found.value.line}:{found.value.column}: {found.value.found} — {found.value.expected}"


def test_a_model_is_read_from_an_imported_file(tmp_path: Path) -> None:
    found = environment(shop(tmp_path, feed({"interface": ("invariant own: price() > 0 || limit(address(this)) == 0",)})))
    assert (found.model, found.interface, [g.signature for g in found.getters]) == ("Feed", "Feed", ["feed.price()", "feed.limit(address)"])
    assert model_of(found).sources().keys() == {"Feed.sol", "FeedWorld.sol"}
    assert model_of(found).files().keys() == {"Feed.sol", "FeedWorld.sol", "Feed.spec.sol"}
    first, _ = assumptions(found)
    assert f"sha-256 {found.model_digest[:16]}" in first
    assert "is changed by set only" in first


def test_what_a_model_calls_this_is_the_other_contract(tmp_path: Path) -> None:
    from specs.text import to_text

    (known,) = environment(shop(tmp_path, feed({"interface": ("invariant own: limit(address(this)) == 0",)}))).invariants
    assert to_text(known.formula) == "Feed(feed()).limit(feed()) == 0"


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        ({"set": ("modifies price()", "succeeds otherwise -- whenever")}, True),
        ({"set": ("modifies price()", "ensures given: price() == value", "succeeds otherwise")}, False),
        ({"interface": ("invariant positive: price() > 0",)}, False),
        ({"price": ("succeeds never -- it is silent now and then",)}, False),
    ],
)
def test_another_model_is_another_promise(tmp_path: Path, changed: Mapping[str, tuple[str, ...]], same: bool) -> None:
    old, new = shop(tmp_path, feed()), shop(tmp_path, feed(changed))
    assert (old.digest == new.digest) == same
    assert (compare(old, new).relation == "equal") == same
    if not same:
        assert [r.id for r in compare(old, new).loses] == ["feed"]


@pytest.mark.parametrize(
    ("clauses", "said"),
    [
        (
            {"set": ("modifies price()", "ensures all: forall (address a) limit(a) > value", "succeeds otherwise")},
            "`forall (address a) limit(a) > value` in a model",
        ),
        ({"set": ("modifies price()", "ensures most: sum(limit) < value", "succeeds otherwise")}, "`sum(limit)` in a model — leave it out"),
        ({"set": ("modifies price()", "ensures rich: balance(this) > value", "succeeds otherwise")}, "`balance(this)` in a model"),
        ({"set": ("modifies price()", "pays out: msg.sender, 1", "succeeds otherwise")}, "`pays` in a model — leave it out: models send"),
        ({"set": ("modifies limit(address(uint160(value)))", "succeeds otherwise")}, "`address(uint160(value))` in a model"),
        ({"price": ("ensures positive: result > 0", "succeeds otherwise")}, "`ensures` of a view in a model — write an `invariant`"),
        (
            {"price": ("equals limit(address(0)) * limit(address(1)) / 2",), "set": ("modifies nothing", "succeeds otherwise")},
            "in which a step may not fit a word, in a model — leave the clause out: the getter may have any value then",
        ),
        ({"interface": ("assume young: block.number < 5 -- soon",)}, "an assumption of a model — write an `invariant`"),
        ({"interface": ("environment feed is ERC20",)}, "an environment of a model — a model stands beside nothing"),
        ({"set": ("changes prise() by +1", "succeeds otherwise")}, "the unknown getter prise(…) — did you mean price?"),
    ],
)
def test_what_no_model_can_say_is_refused_in_its_file(tmp_path: Path, clauses: Mapping[str, tuple[str, ...]], said: str) -> None:
    found = refusal(tmp_path, feed(clauses))
    assert found.startswith("Feed.spec.sol:")
    assert said in found


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "external returns (uint256 id)",
            "external payable returns (uint256 id)",
            "set, which takes ether, in a model — leave `payable` out",
        ),
        ("function set(uint256 value)", "function set(string memory value)", "a parameter of type string in a model — use integers, bool"),
        ("returns (uint256 id)", "returns (bytes memory id)", "a result of type bytes in a model"),
        ("price() external view returns (uint256)", "price() external view returns (uint256, uint256)", "the getter price with 2 results"),
        (
            "function price() external",
            "function require(bool) external view returns (uint256);\n    function price() external",
            "require, a name that Solidity has itself, in a model — call the function otherwise",
        ),
    ],
)
def test_what_no_function_of_a_model_may_be_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert said in refusal(tmp_path, feed({"set": ("modifies nothing", "succeeds otherwise")}).replace(old, new))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Shop", "the model Shop, which is this specification itself — name a specification of the other contract"),
        ("Near", "the model Near, declared beside the clause — put it in a file of its own, Near.spec.sol, and import it"),
        ("Fed", "the unknown model Fed — did you mean Feed?"),
        ("ERC20", "the model ERC20, which is built in and declared by ERC20.spec.sol — rename yours"),
        ("Other", "the model Other, but Others.spec.sol specifies Others — put Other in a file of its own"),
    ],
)
def test_what_is_no_model_is_refused_at_the_clause(tmp_path: Path, name: str, said: str) -> None:
    imports = 'import {ERC20} from "./ERC20.spec.sol";\nimport {Other} from "./Others.spec.sol";\n/// @title A shop'
    text = SHOP.replace("/// @title A shop", imports).replace("feed is Feed", f"feed is {name}")
    others = f"{HEAD}interface Other {{}}\ninterface Others {{}}\n"
    found = refusal(tmp_path, feed(), f"{text}interface Near {{}}\n", ERC20=f"{HEAD}interface ERC20 {{}}\n", Others=others)
    assert found.startswith("Shop.spec.sol:8:33: ")
    assert said in found


def test_models_that_import_each_other_are_refused(tmp_path: Path) -> None:
    cycle = feed().replace("/// @title", 'import {Shop} from "./Shop.spec.sol";\n/// @title')
    assert "in a comment that documents nothing" in refusal(tmp_path, cycle)
    beside = cycle.replace("/// @title A price", "/// @title A price\n/// @custom:environment feed is Shop")
    assert "Feed.spec.sol:6:5: an environment of a model" in refusal(tmp_path, beside)


@pytest.mark.parametrize(
    ("clauses", "said"),
    [
        ({"interface": ("invariant none: price() > 0 && price() < 0",)}, "Feed: none"),
        ({"interface": ("invariant high: price() > 5", "invariant low: price() < 5")}, "Feed: "),
        ({"set": ("modifies price()", "ensures a: id > value", "ensures b: id < value", "succeeds otherwise")}, "Feed: set"),
        ({"set": ("modifies nothing", "ensures moved: price() > old(price())", "succeeds otherwise")}, "Feed: set"),
        ({"set": ("reverts a: value > 5", "modifies nothing", "succeeds b: value > 7")}, "Feed: set"),
        ({"set": ("changes price() by +value", "succeeds otherwise")}, "Feed: set.succeeds"),  # for some calls only
        (
            {
                "interface": ("invariant most: price() < 9",),
                "set": ("modifies price()", "ensures a: price() == value", "succeeds otherwise"),
            },
            "Feed",
        ),
        ({"set": ("modifies price()",)}, "no clause says when it succeeds"),
    ],
)
def test_a_model_that_cannot_be_is_an_error_of_the_specification(tmp_path: Path, clauses: Mapping[str, tuple[str, ...]], said: str) -> None:
    """From such a model everything would follow."""
    found = [p for p in check(shop(tmp_path, feed(clauses))) if p.severity == "error"]
    assert found
    assert all(p.position.file == "Feed.spec.sol" for p in found)
    assert any(said in str(p) for p in found)


@pytest.mark.parametrize(
    ("clauses", "stands"),
    [
        (("ensures more: id > value",), False),  # value may be the largest
        (("reverts most: value == type(uint256).max", "ensures more: id > value"), True),
        (("ensures more: id >= value", "ensures less: id <= value"), True),
        (("ensures more: id > value", "ensures less: id < value + 2"), False),
        (("ensures more: id > value", "ensures less: id < value + 2", "reverts most: value == type(uint256).max"), True),
        (("ensures more: id - 5 > value", "reverts most: value > type(uint256).max - 6"), True),
        (("ensures more: id - 5 > value", "reverts most: value > type(uint256).max - 5"), False),
        (("ensures up: price() > old(price())",), False),
        (("ensures up: price() >= old(price())",), True),
        (("ensures other: id != value && id != 0 && id != 1",), True),
        (("ensures some: value > 4 ==> id < value && id > 4",), False),  # nothing lies between 4 and 5
        (("ensures some: value > 6 ==> id < value && id > 5",), True),
        (("ensures odd: id % 2 == 1",), True),  # nothing is said of it
    ],
)
def test_of_what_must_succeed_some_value_must_be_possible(tmp_path: Path, clauses: tuple[str, ...], stands: bool) -> None:
    found = check(shop(tmp_path, feed({"set": ("modifies price()", *clauses, "succeeds otherwise")})))
    assert ([p.clause for p in found if p.severity == "error"] == []) == stands, found


@pytest.mark.parametrize("word", ["address", "bytes32"])
@pytest.mark.parametrize(
    ("clauses", "stands"),
    [
        (("ensures one: word() == a", "ensures two: word() == b"), False),
        (("ensures one: word() == a", "ensures two: word() == b", "reverts apart: a != b"), True),
        (("ensures one: word() == a", "ensures two: word() != b"), False),
        (("ensures one: word() != a", "ensures two: word() != b"), True),
        (("ensures either: word() == a || word() == b",), True),
        (("ensures kept: word() == a", "ensures moved: word() != old(word())"), False),
    ],
)
def test_of_words_that_are_no_numbers_some_must_be_possible(tmp_path: Path, word: str, clauses: tuple[str, ...], stands: bool) -> None:
    inside = "\n".join(f"/// @custom:{c}" for c in ("modifies word()", *clauses, "succeeds otherwise"))
    getters = "/// @custom:succeeds otherwise\nfunction price() external view returns (uint256);\n/// @custom:succeeds otherwise\n"
    getters += f"function word() external view returns ({word});\n"
    model = f"{HEAD}/// @title A word\ninterface Feed {{\n{getters}{inside}\nfunction put({word} a, {word} b) external;\n}}\n"
    found = [p.clause for p in check(shop(tmp_path, model)) if p.severity == "error"]
    assert found == ([] if stands else ["Feed: put.succeeds"])


@pytest.mark.parametrize("clause", ["modifies Feed(feed()).at(*)", "ensures told: Feed(feed()).at(1) == 1"])
def test_a_getter_of_which_a_model_has_several_cannot_be_named(tmp_path: Path, clause: str) -> None:
    more = "".join(
        f"/// @custom:succeeds otherwise\nfunction at({p}) external view returns (uint256);\n" for p in ("uint8 k", "uint8 k, uint8 j")
    )
    model = feed().replace("interface Feed {", f"interface Feed {{\n{more}")
    shop(tmp_path, model)
    with pytest.raises(SpecificationError) as refused:
        shop(tmp_path, model, SHOP.replace("@custom:modifies nothing", f"@custom:{clause}"))
    assert "at, of which the model Feed has several" in str(refused.value)


def test_a_model_that_stands_is_no_error(tmp_path: Path) -> None:
    assert not [p for p in check(shop(tmp_path, feed())) if p.severity == "error"]


def test_what_is_taken_for_granted_is_shown(tmp_path: Path) -> None:
    shown = [str(x) for x in describe(shop(tmp_path, feed({"interface": ("invariant positive: price() > 0",)})))]
    at = shown.index("Feed, a price, is what feed() is taken to keep; what it leaves open is open")
    assert shown[at + 1] == "  [feed: positive] Always: price is more than 0."
    assert "  [feed: set.modifies] `set` may change price." in shown[at:]
