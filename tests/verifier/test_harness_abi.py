"""The contract ABI: what is encoded is decoded again, and the encodings are those of the specification."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.harness.abi import NotEncoded, decode, encode, shape, split


def values(text: str) -> st.SearchStrategy[Any]:
    s = shape(text)
    if s.kind == "array":
        inner = values(s.parts[0].name)
        return st.lists(inner, min_size=s.length or 0, max_size=3 if s.length is None else s.length).map(tuple)
    if s.kind == "tuple":
        return st.tuples(*(values(p.name) for p in s.parts))
    if text == "string":
        return st.text(max_size=70)
    if text == "bytes":
        return st.binary(max_size=70)
    if text == "bool":
        return st.booleans()
    if text == "address":
        return st.integers(0, (1 << 160) - 1).map(lambda n: f"0x{n:040x}")
    if text.startswith("bytes"):
        return st.binary(min_size=int(text[5:]), max_size=int(text[5:]))
    if text.startswith("int"):
        bits = int(text[3:])
        return st.integers(-(1 << (bits - 1)), (1 << (bits - 1)) - 1)
    return st.integers(0, (1 << int(text[4:])) - 1)


ELEMENTARY = st.sampled_from(["uint8", "uint256", "int128", "bool", "address", "bytes4", "bytes32", "string", "bytes"])
TYPES = st.recursive(
    ELEMENTARY,
    lambda inner: st.one_of(
        inner.map(lambda t: f"{t}[]"),
        inner.map(lambda t: f"{t}[2]"),
        st.lists(inner, min_size=1, max_size=3).map(lambda ts: f"({','.join(ts)})"),
    ),
    max_leaves=5,
)


@given(st.lists(TYPES, min_size=1, max_size=4).flatmap(lambda ts: st.tuples(st.just(ts), st.tuples(*(values(t) for t in ts)))))
def test_what_is_encoded_is_decoded_again(case: tuple[list[str], tuple[Any, ...]]) -> None:
    types, given_values = case
    assert decode(types, encode(types, given_values)) == given_values


def test_the_examples_of_the_specification() -> None:
    # Source: Solidity documentation, contract ABI specification, examples `sam` and `f`.
    sam = encode(["bytes", "bool", "uint256[]"], [b"dave", True, (1, 2, 3)])
    words = ["60", "1", "a0", "4", "64617665" + "0" * 56, "3", "1", "2", "3"]
    assert sam.hex() == "".join(w.rjust(64, "0") for w in words)
    f = encode(["uint256", "uint32[]", "bytes10", "bytes"], [0x123, (0x456, 0x789), b"1234567890", b"Hello, world!"])
    assert f[32:64] == (0x80).to_bytes(32, "big")
    assert f[64:96] == b"1234567890".ljust(32, b"\0")
    assert f[-32:] == b"Hello, world!".ljust(32, b"\0")


@pytest.mark.parametrize(
    "types, data",
    [
        (["uint256"], b"\0" * 31),
        (["bytes"], (32).to_bytes(32, "big")),
        (["bytes"], (32).to_bytes(32, "big") + (40).to_bytes(32, "big") + b"\0" * 32),
        (["uint256[]"], (32).to_bytes(32, "big") + (1 << 200).to_bytes(32, "big")),
        (["(uint256,uint256)"], b"\0" * 32),
    ],
)
def test_data_that_is_cut_is_refused(types: list[str], data: bytes) -> None:
    with pytest.raises(NotEncoded):
        decode(types, data)


def test_types_are_split_at_their_outermost_commas() -> None:
    assert split("uint256,(bool,bytes)[],(address,(bool,bool))") == ["uint256", "(bool,bytes)[]", "(address,(bool,bool))"]
    assert split("") == []
