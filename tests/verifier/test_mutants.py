"""Mutants of a contract: which there are, that they are what they are called, and that nothing else changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from toolchain.solc import Compilation, compile_sources
from toolchain.sources import import_sources
from verifier.judge import Candidate
from verifier.mutants.edit import Mutant
from verifier.mutants.made import compile_mutant, is_equivalent
from verifier.mutants.write import write_mutants

BASE = """
pragma solidity ^0.8.24;
abstract contract Owned {
    address internal boss;
    modifier onlyBoss() { require(msg.sender == boss, "no"); _; }
    function unused() internal { boss = address(0); }
}
"""
SHOP = """
pragma solidity ^0.8.24;
import "./Owned.sol";
library Share { function half(uint256 x) internal pure returns (uint256) { return x / 2; } }
contract Shop is Owned {
    event Sold(address indexed to, uint256 id, uint256 price);
    mapping(address => mapping(address => uint256)) public given;
    uint256 public price = 5;
    bool public open;
    constructor() payable { boss = msg.sender; open = true; }
    function set(uint256 newPrice) external onlyBoss { price = newPrice; }
    function sell(address to, uint256 id) external payable {
        if (!open || msg.value < price) revert("closed"); // msg.value < price: a comment
        /* the ü stands for what is longer in bytes */ given[msg.sender][to] += Share.half(id);
        emit Sold(to, id, price);
        if (id > 3) { open = false; } else { price = price + 1; }
        for (uint256 i = 0; i < 2; i++) { given[to][to]++; }
        (bool ok,) = to.call{value: 1}("");
        require(ok);
    }
    function least(uint256 a, uint256 b) external view returns (uint256) { return a < b ? a : b + price; }
}
"""


@pytest.fixture(scope="module")
def shop() -> Compilation:
    return compile_sources({"Shop.sol": SHOP, "Owned.sol": BASE})


@pytest.fixture(scope="module")
def mutants(shop: Compilation) -> tuple[Mutant, ...]:
    return write_mutants(shop, shop.contract("Shop"))


WANTED = {
    "arithmetic": ("price = price - 1;", "x * 2", "given[msg.sender][to] -= Share"),
    "comparison": ("msg.value <= price)", "i <= 2", "id >= 3", "msg.sender != boss"),
    "boolean": ("(!open && msg.value", "if (open ||", "if (!(id > 3))"),
    "constant": ("price = (5 + 1);", "open = false; }\n    function set", "id > 0)", "id > (3 - 1)"),
    "statement deleted": ("external onlyBoss { {} }", "{ {} } else"),
    "check deleted": ("< price) {} // msg", "{ {} _; }", '("");\n        {}\n'),
    "check negated": ("if (!(!open || msg.value < price))", "require(!(ok))", "require(!(msg.sender == boss)"),
    "arguments swapped": ("given[to][msg.sender] += Share", "emit Sold(to, price, id)"),
    "recipient changed": ("payable(msg.sender).call{value: 1}", "boss = address(this);", "given[to][to] += Share"),
    "amount changed": ("price = (newPrice + 1);",),
    "call reordered": ('(bool ok,) = to.call{value: 1}("");',),
    "modifier removed": ("set(uint256 newPrice) external  {",),
    "event skipped": ("Share.half(id);\n        {}\n",),
    "event changed": ("emit Sold(msg.sender, id, price)", "emit Sold(to, id, (price + 1))"),
    "branch omitted": ("if (id > 3) {} else", "} else {}", "i++) {}", "return (a);"),
    "result changed": ("return (x / 2 + 1)",),
    "unchecked": ("unchecked { price = price + 1; }", "unchecked { given[to][to]++; }"),
    "written twice": ("{ given[to][to]++; given[to][to]++; }",),
}


@pytest.mark.parametrize("operator", WANTED)
def test_each_operator_makes_the_wrong_contracts_that_it_names(operator: str, mutants: tuple[Mutant, ...], shop: Compilation) -> None:
    sources = {path: str(entry["content"]) for path, entry in shop.input["sources"].items()}
    texts = [m.source(sources) for m in mutants if m.operator == operator]
    missing = [wanted for wanted in WANTED[operator] if not any(wanted in text for text in texts)]
    assert not missing, texts


def test_ids_are_unique_and_the_order_is_that_of_the_source(mutants: tuple[Mutant, ...], shop: Compilation) -> None:
    assert len({m.id for m in mutants}) == len(mutants)
    assert [(m.path, m.start) for m in mutants] == sorted((m.path, m.start) for m in mutants)
    assert mutants == write_mutants(shop, shop.contract("Shop"))


def test_a_mutant_knows_who_can_run_it(mutants: tuple[Mutant, ...], shop: Compilation) -> None:
    selectors = shop.contract("Shop").method_identifiers
    entries = {(m.path, m.operator): m.entries for m in mutants}
    assert entries["Owned.sol", "comparison"] == (selectors["set(uint256)"],)
    assert {m.entries for m in mutants if "x / 2" in m.replacement} == {(selectors["sell(address,uint256)"],)}
    assert ("constructor",) in {m.entries for m in mutants}


def test_what_no_function_runs_is_left_alone(mutants: tuple[Mutant, ...]) -> None:
    assert not [m for m in mutants if m.path == "Owned.sol" and "unused" in BASE.splitlines()[m.line - 1]]


def test_packages_are_left_alone_unless_they_are_asked_for() -> None:
    tree = import_sources(Path("tests/corpus/points/proved/PointsOpenZeppelin.sol"))
    made = compile_sources(tree.sources, tree.settings)
    contract = made.contract("Points", tree.entry)
    own = {m.path for m in write_mutants(made, contract)}
    every = {m.path for m in write_mutants(made, contract, libraries=True)}
    assert own == {tree.entry}
    assert any(path.startswith("@openzeppelin/") for path in every) and own < every


def candidate_of(tmp_path: Path, source: str) -> Candidate:
    (tmp_path / "Thing.sol").write_text(source)
    return Candidate(import_sources(tmp_path / "Thing.sol", root=tmp_path), "Thing")


def test_what_does_not_compile_is_none_and_dead_code_is_the_same_program(tmp_path: Path) -> None:
    function = "function f(uint256 x) external pure returns (uint256) { if (x >= 0) return x; return 1; }"
    source = f"pragma solidity ^0.8.24;\ncontract Thing {{ {function} }}\n"
    candidate = candidate_of(tmp_path, source)
    made = compile_sources(candidate.tree.sources)
    mutants = write_mutants(made, made.contract("Thing"))
    dead = next(m for m in mutants if m.operator == "constant" and m.replacement == "(1 + 1)")
    live = next(m for m in mutants if m.operator == "result changed")
    assert is_equivalent(candidate, "Thing.sol", dead) and not is_equivalent(candidate, "Thing.sol", live)
    broken = Mutant("x", "Thing.sol", 1, "constant", live.start, live.length, '"text"', ())
    assert compile_mutant(candidate, "Thing.sol", broken) is None
    fine = compile_mutant(candidate, "Thing.sol", live)
    assert fine is not None and fine.contract("Thing").creation != made.contract("Thing").creation


def test_a_diff_shows_the_change_alone(mutants: tuple[Mutant, ...], shop: Compilation) -> None:
    sources = {path: str(entry["content"]) for path, entry in shop.input["sources"].items()}
    removed = next(m for m in mutants if m.operator == "modifier removed")
    changed = [line for line in removed.diff(sources).splitlines()[3:] if line[0] in "+-"]
    assert changed == [
        "-    function set(uint256 newPrice) external onlyBoss { price = newPrice; }",
        "+    function set(uint256 newPrice) external  { price = newPrice; }",
    ]


def test_what_changes_nothing_is_not_done_twice() -> None:
    source = """pragma solidity ^0.8.24;
contract C { uint256 n; function look() internal view { require(n < 9); } function grow() internal { n += 2; }
    function f() external { look(); require(n > 0); grow(); } }
"""
    compiled = compile_sources({"C.sol": source})
    twice = [m.replacement for m in write_mutants(compiled, compiled.contract("C")) if m.operator == "written twice"]
    assert sorted(twice) == ["{ grow(); grow(); }", "{ n += 2; n += 2; }"]
