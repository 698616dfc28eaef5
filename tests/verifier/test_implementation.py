"""What a contract says of itself: how its lemmas are read."""

from __future__ import annotations

import pytest

from toolchain.solc import compile_sources
from verifier.implementation import Implementation, expand, read


@pytest.mark.parametrize(
    ("text", "solidity"),
    [
        ("a && b", "a && b"),
        ("a || b ==> c ==> d", "(!(a || b) || ((!(c) || (d))))"),
        ("a <==> b ==> c", "((a) == ((!(b) || (c))))"),
        ("(a) && (b ==> c)", "(a) && ((!(b) || (c)))"),
        ("f(a ==> b, c)", "f((!(a) || (b)),c)"),
        ('m["==>("] ==> b', '(!(m["==>("]) || (b))'),
        (r"""s('\'==>') ==> b""", r"""(!(s('\'==>')) || (b))"""),
    ],
)
def test_implications_are_rewritten_where_they_stand(text: str, solidity: str) -> None:
    assert expand(text) == solidity


def of(lemma: str, extra: str) -> Implementation:
    text = f"""// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract C {{
    uint256 internal x;
    function() internal fp;
    function one() internal view returns (uint256) {{ return x; }}
    function empty() internal {{}}
    /// @custom:lemma id: {lemma}
    uint256 internal y;
    {extra}
}}
"""
    compilation = compile_sources({"C.sol": text})
    return read(compilation, compilation.contract("C"))


@pytest.mark.attack
@pytest.mark.parametrize(
    ("lemma", "extra", "beyond"),
    [
        ("x == one()", "", ()),
        ("x == two()", "function two() internal view returns (uint256 r) { assembly { r := sload(x.slot) } }", ()),
        ("fp != empty", "", ("the lemma id uses a function as a value, which is another number in the probe than in the contract",)),
        (
            "x == (x == 0 ? one : one)()",
            "",
            ("the lemma id uses a function as a value, which is another number in the probe than in the contract",),
        ),
        (
            "msg.sender != address(0)",
            "function solwright_lemma_id(uint256) external pure {}",
            ("the lemma id reads message.sender, and may read storage only",),
        ),
    ],
)
def test_what_a_lemma_may_not_read(lemma: str, extra: str, beyond: tuple[str, ...]) -> None:
    assert of(lemma, extra).beyond == beyond


LOST = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:lemma other: true
contract Other {}
contract Base {
    /** @dev busy
     *  @custom:lock _busy
     */
    modifier once() { _; }
    bool internal _busy;
}
/// @custom:lemma ofC: x == x -- understood
contract C is Base {
    // @custom:lemma commentedOut: false
    /// @custom:lemma ofX: x < 2**255
    uint256 public x;
    string s = "/// @custom:lemma inText: true";
    /// @notice bäh
    /// @custom:lemma small: x < 10
    function f() external {
        /// @custom:lemma within: true
        x = 1;
    }
    /// @custom:lemma cutOff: true

    /// @dev another comment
    uint256 public y;
}
"""


def test_a_lock_or_lemma_where_nobody_reads_it_is_named() -> None:
    compilation = compile_sources({"C.sol": LOST})
    found = read(compilation, compilation.contract("C"))
    assert [x.id for x in found.lemmas] == ["ofC", "ofX"]
    assert [p.partition(" is read")[0] for p in found.problems] == [
        "C.sol:7: @custom:lock above `once`",
        "C.sol:19: @custom:lemma above `f`",
        "C.sol:21: @custom:lemma",
        "C.sol:24: @custom:lemma",
    ]
    assert all(p.endswith("write it in the documentation of the contract, of a base, or of a state variable") for p in found.problems)
