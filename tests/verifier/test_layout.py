"""Words of storage are named as the source names them: what a solver finds in private variables is shown so."""

from __future__ import annotations

import pytest

from toolchain.solc import compile_sources
from verifier.engines.symbolic.layout import Layout, Word, layout_of

SOURCE = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract C {
    enum Color { Red, Green }
    struct S { uint128 a; uint64 b; bool c; Color d; address who; uint256[2] xs; mapping(address => uint256) m; }
    uint256 public total;
    uint256 public hiddenToo;
    bool private flag; address private owner; int64 private i;
    bytes4 private sel;
    S private s;
    mapping(address => mapping(uint256 => S)) private ss;
    uint8[] private small;
    S[] private list;
    uint16[20] private fixed_;
    string private name_;
    mapping(bytes4 => int8) private mm;
    mapping(Color => uint256) private mc;
    mapping(string => bool) private taken;
}
"""
BOB = 0xB0B


@pytest.fixture(scope="module")
def layout() -> Layout:
    compilation = compile_sources({"C.sol": SOURCE})
    return layout_of(compilation, compilation.contract("C"), frozenset({"total", "flag"}))


def slot(layout: Layout, label: str) -> int:
    return next(int(v["slot"]) for v in layout.variables if v["label"] == label)


CASES: tuple[tuple[str, int, tuple[int, ...], int, dict[str, str]], ...] = (
    ("hiddenToo", 0, (), 7, {"hiddenToo": "7"}),
    (
        "flag",
        0,
        (),
        1 | BOB << 8 | ((1 << 64) - 2) << 168,
        {"flag": "true", "owner": f"0x{BOB:040x}", "i": "-2"},
    ),
    ("sel", 0, (), 0xA9059CBB, {"sel": "0xa9059cbb"}),
    ("s", 0, (), 5 | 6 << 128 | 1 << 192 | 1 << 200, {"s.a": "5", "s.b": "6", "s.c": "true", "s.d": "Green"}),
    ("s", 3, (), 9, {"s.xs[1]": "9"}),
    ("s", 4, (BOB, 0), 8, {f"s.m[0x{BOB:040x}]": "8"}),
    ("ss", 0, (BOB, 0, 3, 2), 4, {f"ss[0x{BOB:040x}][3].xs[0]": "4"}),
    ("small", 0, (), 2, {"small.length": "2"}),
    ("small", 0, (1,), 3, {f"small[{32 + i}]": str(3 if i == 0 else 0) for i in range(32)}),
    ("list", 0, (11,), 2, {"list[2].who": f"0x{2:040x}"}),
    ("fixed_", 1, (), 5, {f"fixed_[{16 + i}]": str(5 if i == 0 else 0) for i in range(16)}),
    ("name_", 0, (), int.from_bytes(b"Bob".ljust(31, b"\0"), "big") << 8 | 6, {"name_": '"Bob"'}),
    ("name_", 0, (), 101, {"name_.length": "50"}),
    ("mm", 0, (0xA9059CBB << 224, 0), 0xFF, {"mm[0xa9059cbb]": "-1"}),
    ("mc", 0, (1, 0), 2, {"mc[Green]": "2"}),
    ("taken", 0, (int.from_bytes(b"bob", "big"), 0), 1, {'taken["bob"]': "true"}),
    ("taken", 0, (), 1, {}),
    ("total", 0, (), 1, {}),
)


@pytest.mark.parametrize(("label", "more", "keys", "value", "expected"), CASES)
def test_a_word_is_named(layout: Layout, label: str, more: int, keys: tuple[int, ...], value: int, expected: dict[str, str]) -> None:
    base = 0 if label == "total" else slot(layout, label) + more
    assert dict(layout.named(Word(base, keys, value))) == expected
