"""Text of the language and trees are two faces of one thing."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from specs import formula as f
from specs import specification as s
from specs.phrase import claim
from specs.solver import Translation, ask
from specs.text import checksum, to_text
from tests.specs.box import function, parse_box

NOWHERE = f.Position(0, 0)


def bare(e: Any) -> Any:
    """Return an expression without positions."""
    if isinstance(e, f.Expression):
        make: Any = type(e)
        return make(**{x.name: NOWHERE if x.name == "position" else bare(getattr(e, x.name)) for x in fields(e)})
    return tuple(bare(x) for x in e) if isinstance(e, tuple) else e


def ensured(*texts: str) -> list[f.Expression]:
    """Parse formulas as `ensures` clauses of one function."""
    clauses = function(parse_box("function", *(f"ensures : {t}" for t in texts)), "put").clauses
    return [c.formula for c in clauses if isinstance(c, s.Ensures)]


uint: st.SearchStrategy[str] = st.deferred(lambda: UINT)
boolean: st.SearchStrategy[str] = st.deferred(lambda: BOOL)
address = st.sampled_from(
    ["to", "msg.sender", "owner()", "address(0)", "address(this)", "item(amount).owner", "address(uint160(amount))", "payable(to)"]
)
bytes32 = st.sampled_from(["key", "tag()", "bytes32(0)", 'bytes32("ab")', "keccak256(abi.encode(to, amount))", "keccak256(bytes(note))"])
UINT: st.SearchStrategy[str] = st.one_of(
    st.sampled_from(["amount", "made", "total()", "msg.value", "block.timestamp", "type(uint256).max", "balance(this)", "sum(balanceOf)"]),
    st.integers(0, 2**256 - 1).map(str),
    st.builds("uint8({})".format, st.integers(0, 255)),
    st.builds("balanceOf({})".format, address),
    st.builds("sent({})".format, address),
    st.builds("sum(allowance, {})".format, address),
    st.builds("allowance({}, {})".format, address, address),
    st.builds("old({})".format, st.sampled_from(["total()", "amount + total()", "balanceOf(to)"])),
    st.builds(
        "({} {} {})".format, st.sampled_from(["amount", "total()"]), st.sampled_from(["+", "-", "/", "%", "&", "|", "^", "<<", ">>"]), uint
    ),
    st.builds("{} + {} * 3 - {}".format, st.just("total()"), st.just("amount"), st.sampled_from(["amount", "(1 - 2 * amount)"])),
    st.builds("({} ? {} : uint256({}))".format, boolean, st.just("amount"), uint),
    st.builds("uint256(uint8({}))".format, st.just("amount")),
    st.just("ids()[amount]"),
    st.just("bytes(note).length"),
)
BOOL: st.SearchStrategy[str] = st.one_of(
    st.builds("accepts({})".format, address),
    st.builds("codeless({})".format, address),
    st.sampled_from(
        ["true", "isAdmin(to)", "!isAdmin(msg.sender)", "same(note, name())", 'same(name(), "a\\n\\"b")', "state() == State.Shut"]
    ),
    st.sampled_from(
        ["-delta < score(to)", "delta == -5", "int256(amount) == -(-delta)", "defined(item(amount))", "same(item(1), item(2))"]
    ),
    st.sampled_from(['same(note, unicode"é")', 'same(bytes(note), hex"00ff")', "bytes(note)[0] == 0x41", "msg.sig == 0x12345678"]),
    st.builds("{} {} {}".format, st.just("amount"), st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), uint),
    st.builds("{} {} {}".format, address, st.sampled_from(["==", "!=", "<"]), address),
    st.builds("{} {} {}".format, st.just("tag()"), st.sampled_from(["==", "!="]), bytes32),
    st.builds("({}) {} ({})".format, boolean, st.sampled_from(["&&", "||", "==>", "<==>", "=="]), boolean),
    st.builds("{} && {} || {}".format, st.just("amount > 1"), st.just("isAdmin(to)"), st.just("delta > 1")),
    st.builds("!({})".format, boolean),
    st.builds("(({}) ? ({}) : ({}))".format, boolean, boolean, boolean),
    st.builds("old({})".format, st.sampled_from(["isAdmin(to)", "total() == 1 && !isAdmin(to)"])),
)


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),  # each example costs two compilations: a failing one is shown as it was found
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.lists(BOOL.filter(lambda text: len(text) < 400), min_size=5, max_size=12))
def test_text_to_tree_to_text(texts: list[str]) -> None:
    trees = ensured(*texts)
    written = [to_text(t) for t in trees]
    again = ensured(*written)
    assert [bare(t) for t in again] == [bare(t) for t in trees]
    assert [to_text(t) for t in again] == written


@settings(max_examples=8, deadline=None, derandomize=True, phases=(Phase.explicit, Phase.generate), suppress_health_check=list(HealthCheck))
@given(st.lists(BOOL.filter(lambda text: len(text) < 200), min_size=5, max_size=8))
def test_every_formula_has_words_and_a_term(texts: list[str]) -> None:
    queries = []
    for tree in ensured(*texts):
        assert "solwright_" not in claim(tree)
        t = Translation()
        t.claim("it", tree, "post")
        t.refute("not", tree, "post")
        queries.append(t.query())
    assert len(ask(queries, each_s=0.1)) == len(queries)


@pytest.mark.parametrize(
    "text",
    [
        "forall (address x, uint256 i) balanceOf(x) >= i",
        "amount - (1 - amount) == amount * (1 + amount) / 2",
        "(true ==> false) ==> true",
        "true ==> false ==> true",
        "(true <==> false) <==> true",
        "!(amount == 1 && true)",
        "-(-delta) == -5 - -delta",
        "(amount > 1 ? amount : 2) == 3",
        "amount << 2 + made == (amount << 2) + 1",
        'same(note, "\\"\\\\\\n\\x01")',
    ],
)
def test_canonical_text_is_a_fixed_point(text: str) -> None:
    assert [to_text(e) for e in ensured(text)] == [text]


# Source: EIP-55, test cases
@pytest.mark.parametrize("address", ["0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"])
def test_addresses_carry_their_checksum(address: str) -> None:
    assert checksum(bytes.fromhex(address[2:])) == address
    assert [to_text(e) for e in ensured(f"to == {address}")] == [f"to == {address}"]
