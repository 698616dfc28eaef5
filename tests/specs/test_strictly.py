"""What holds whatever strangers do: how it is read, said and compared."""

from __future__ import annotations

from pathlib import Path

import pytest

from specs import specification as s
from specs.compare import compare
from specs.parse import parse
from specs.render import sentence
from specs.sanity import check
from toolchain.errors import SpecificationError

PATH = Path("Box.spec.sol")
TEXT = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
interface Box {
    function n() external view returns (uint256);
    <clauses>
    /// @custom:modifies n()
    /// @custom:succeeds otherwise
    function f(address who) external returns (uint256 made);
}
"""


def text_of(*clauses: str) -> str:
    return TEXT.replace("<clauses>", "\n    ".join(f"/// @custom:{c}" for c in clauses))


def box(*clauses: str) -> s.Specification:
    return parse(PATH, text_of(*clauses))


STRICT, PLAIN = "ensures-strictly a: made > old(n())", "ensures a: made > old(n())"


def test_it_is_an_ensures_of_its_own() -> None:
    spec = box(STRICT)
    clause = spec.entries[0].clauses[0]
    assert isinstance(clause, s.EnsuresStrictly)
    assert clause.text == STRICT
    assert sentence(spec, spec.entries[0], clause) == (
        "After a successful call of `f`, whatever strangers do meanwhile: `made` is more than n before the call."
    )
    assert spec.digest != box(PLAIN).digest
    assert [p.clause for p in check(box(STRICT, "ensures b: made > old(n())"))] == ["f.b"]  # the strict one says more


@pytest.mark.parametrize(
    ("old", "new", "row"),
    [
        ((STRICT,), (STRICT,), "f.a: equal"),
        ((STRICT,), (PLAIN,), "f.a: unknown: no solver compares what holds whatever strangers do"),
        ((PLAIN,), (STRICT,), "f.a: unknown: no solver compares what holds whatever strangers do"),
        ((STRICT,), ("ensures-strictly a: made > 0", "ensures b: made > old(n())"), "f.a: unknown: no solver compares"),
        ((STRICT, "ensures b: made > old(n())"), ("ensures b: made > old(n())",), "f.a: unknown: no solver compares"),
        ((), (STRICT,), "f.a: stronger: it is new"),
        ((STRICT,), ("ensures-strictly z: made > old(n())",), "f.a: incomparable: it is called z now"),
    ],
)
def test_only_the_same_words_are_the_same(old: tuple[str, ...], new: tuple[str, ...], row: str) -> None:
    rows = [str(x) for x in compare(box(*old), box(*new)).rows]
    assert any(x.startswith(row) for x in rows), rows


@pytest.mark.parametrize(
    ("clause", "found", "expected"),
    [
        ("¦@custom:ensures-strictly : made > 0", "`ensures-strictly` without an id", "write `ensures-strictly id: …`"),
        ("@custom:ensures-strictly ¦made > 0", "`>` in", "write `ensures-strictly id: …`"),
        ("@custom:ensures-strictly a: ¦sent(who) == 0", "sent(…) in the clause `ensures-strictly` of f", "`ensures`"),
        ("@custom:ensures-strictly a: ¦balance(who) == 0", "balance(…) of another address", "`ensures` only"),
    ],
)
def test_what_is_refused(clause: str, found: str, expected: str) -> None:
    head, _, tail = TEXT.replace("<clauses>", f"/// {clause}").partition("¦")
    with pytest.raises(SpecificationError) as caught:
        parse(PATH, head + tail)
    e = caught.value
    assert found in e.found
    assert expected in e.expected
    assert e.line == 5
