"""Getters that a contract need not have: where the word may stand, and what it changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from specs.compare import compare
from specs.parse import parse
from specs.render import describe
from toolchain.errors import SpecificationError

PATH = Path("Box.spec.sol")
TEXT = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
interface Box {
    enum State { Open, Shut }
    <n>
    function n() external view returns (uint256);
    <odd>
    function odd(string calldata key) external view returns (uint256);
    <state>
    function state() external view returns (State);
    <two>
    function two() external view returns (uint256, uint256);
    <fixed>
    function fixed_() external pure returns (uint256);
    <f>
    function f() external;
}
"""
F = "/// @custom:modifies n()\n    /// @custom:succeeds otherwise"


def text_of(**comments: str) -> str:
    text = TEXT
    for name in ("n", "odd", "state", "two", "fixed", "f"):
        text = text.replace(f"<{name}>", comments.get(name, F if name == "f" else "///"))
    return text


ABSTRACT = "/// @custom:abstract -- the contract keeps it for itself"


def test_a_getter_is_abstract() -> None:
    plain, abstract = parse(PATH, text_of()), parse(PATH, text_of(n=ABSTRACT))
    getter = abstract.functions[0]
    assert getter.abstract is not None
    assert (getter.clauses, getter.abstract.words) == ((), "the contract keeps it for itself")
    assert abstract.digest != plain.digest
    assert [str(row) for row in compare(plain, abstract).loses] == [
        "n(): weaker: the contract need not have it now: its writer may say how it is read"
    ]
    assert not compare(abstract, plain).loses
    words = [str(x) for x in describe(abstract)]
    at = words.index("n() view")
    assert words[at + 1] == (
        "  `n` is abstract: the contract need not have it. Where it has none, its writer says how it is read from the contract's state, "
        "and every report shows that.  // the contract keeps it for itself"
    )
    assert not any(x.startswith("getters: n,") for x in words)


@pytest.mark.parametrize(
    ("where", "comment", "found", "expected"),
    [
        ("n", f"{ABSTRACT}\n    /// ¦@custom:equals 7", "`equals` at n, which is abstract", "say it by an invariant"),
        ("n", f"{ABSTRACT}\n    /// ¦@custom:abstract", "a second `abstract`", "delete it"),
        ("n", "/// @custom:abstract ¦total", "`total` in @custom:abstract", "or `-- words`"),
        ("odd", "/// ¦@custom:abstract", "`abstract` at odd, which takes or returns a string", "bytesN"),
        ("state", "/// ¦@custom:abstract", "takes or returns a State", "bytesN"),
        ("two", "/// ¦@custom:abstract", "takes or returns 2 values", "one value"),
        ("fixed", "/// ¦@custom:abstract", "`abstract` at fixed_, which is pure", "declare it `view`"),
        ("f", f"{F}\n    /// ¦@custom:abstract", "@custom:abstract at f, which changes state", "it belongs to view functions"),
        ("n", "/// ¦@custom:is n(): 7", "@custom:is in a specification", "it belongs to the implementation"),
    ],
)
def test_where_it_may_not_stand(where: str, comment: str, found: str, expected: str) -> None:
    head, _, tail = text_of(**{where: comment}).partition("¦")
    with pytest.raises(SpecificationError) as caught:
        parse(PATH, head + tail)
    e = caught.value
    assert (e.line, e.column) == (head.count("\n") + 1, len(head) - head.rfind("\n"))
    assert found in e.found
    assert expected in e.expected


def test_the_address_of_an_environment_is_shown_by_the_contract() -> None:
    text = TEXT.replace("interface Box", "/// @custom:environment asset is ERC20\ninterface Box").replace(
        "<n>", f"{ABSTRACT}\n    function asset() external view returns (address);"
    )
    with pytest.raises(SpecificationError, match="`abstract` at asset, the address of an environment"):
        parse(PATH, text.replace("<f>", F).replace("<", "/// <"))
