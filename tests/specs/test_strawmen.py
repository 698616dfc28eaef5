"""Strawmen have the interface of the specification and compile."""

from __future__ import annotations

from pathlib import Path

import pytest

from specs.parse import parse
from specs.specification import Specification
from specs.strawmen import NAMES, strawmen
from tests.specs.box import corpus, parse_box
from toolchain.solc import compile_sources

CORPUS = Path(__file__).parent.parent / "corpus"


def judge(specification: Specification) -> None:
    """Compile all strawmen and compare their functions."""
    made = strawmen(specification)
    assert [m.name for m in made] == list(NAMES)
    for m in made:
        contract = compile_sources({"Strawman.sol": m.source}).contract(specification.name)
        assert dict(contract.method_identifiers) == {f.signature: f.selector for f in specification.functions if f.selector}
        mutability = {e["name"]: e["stateMutability"] for e in contract.abi if e["type"] == "function"}
        assert mutability == {f.name: f.mutability for f in specification.functions if f.selector}
        constructor = [e for e in contract.abi if e["type"] == "constructor"]
        inputs = [p["internalType"].split(" ")[-1].split(".")[-1] for e in constructor for p in e["inputs"]]
        assert inputs == [p.type.name for p in specification.constructor.parameters]


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*/*.spec.sol")), ids=lambda p: p.name)
def test_strawmen_of_the_corpus(path: Path) -> None:
    judge(corpus(path))


def test_strawmen_of_every_type() -> None:
    judge(parse_box("function"))
    text = """/// @custom:deploy (I.S[] xs, E e, bytes b) payable
interface I {
    enum E { A, B }
    struct S { E e; T t; uint8[3] xs; }
    struct T { string s; bytes4 b; int8 n; }
    function all() external pure returns (S memory, E, bytes memory, bytes1[] memory, address payable, int256, bool);
    function take(S calldata s, string calldata t) external payable returns (T[] memory);
    receive() external payable;
    fallback() external;
}"""
    judge(parse(Path("I.spec.sol"), text))
