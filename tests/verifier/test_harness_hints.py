"""What drawn values are compared with, and the constants of code: what makes a drawn call meet a clause."""

from __future__ import annotations

from pathlib import Path

from specs import formula as f
from specs import specification as s
from specs.parse import parse
from toolchain.solc import compile_sources
from verifier.harness.constants import addresses_tool, candidate, pushes, without_metadata
from verifier.harness.generate import generate
from verifier.harness.hints import at_deployment, gaps, hints
from verifier.harness.project import compile_clauses

CORPUS = Path(__file__).parents[1] / "corpus"

SPECIFICATION = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @title Sale
/// @custom:deploy (uint256 price_, uint256 closes_)
/// @custom:initially terms: price() == price_ && closes() == closes_
interface Sale {
    function price() external view returns (uint256);
    function closes() external view returns (uint256);
    function sold() external view returns (uint256);
    function stock() external view returns (uint256);
    /// @custom:reverts late: block.timestamp > closes()
    /// @custom:reverts wrongSum: msg.value != n * price()
    /// @custom:reverts soldOut: sold() + n > stock()
    /// @custom:reverts empty: sold() >= stock()
    /// @custom:changes sale: sold() by +n
    /// @custom:succeeds otherwise
    function buy(uint256 n) external payable;
}
"""


def sale(tmp_path: Path) -> s.Specification:
    path = tmp_path / "Sale.spec.sol"
    path.write_text(SPECIFICATION)
    return parse(path)


def formulas(specification: s.Specification) -> list[f.Expression]:
    return [c.formula for fn in specification.functions for c in fn.clauses if isinstance(c, s.Reverts)]


def test_comparisons_are_solved_for_a_parameter_and_the_value(tmp_path: Path) -> None:
    specification = sale(tmp_path)
    n = f.Variable(f.UINT256, f.Position(0, 0), "n", "parameter")
    found = hints(n, formulas(specification))
    assert [h.value.operator for h in found if isinstance(h.value, f.Binary)] == ["/", "-"]  # value / price; stock - sold
    assert [h.exact for h in found] == [True, False]
    value = hints(f.World(f.UINT256, f.Position(0, 0), "msg.value"), formulas(specification))
    assert [h.value.operator for h in value if isinstance(h.value, f.Binary)] == ["*"]


def test_what_later_clauses_compare_is_worth_a_try_at_deployment(tmp_path: Path) -> None:
    specification = sale(tmp_path)
    initially = [c.formula for c in specification.constructor.clauses if isinstance(c, s.Initially)]
    found = at_deployment(initially, formulas(specification))
    late = f.Variable(f.UINT256, f.Position(0, 0), "closes_", "deploy")
    assert [h.value.name for h in hints(late, found) if isinstance(h.value, f.World)] == ["block.timestamp"]


def test_what_is_missing_between_getters_is_worth_a_try(tmp_path: Path) -> None:
    specification = sale(tmp_path)
    found = gaps(formulas(specification))
    assert [[type(side) for side in pair] for pair in found] == [[f.Read, f.Read]]


def test_a_call_aims_at_what_its_clauses_compare(tmp_path: Path) -> None:
    specification = sale(tmp_path)
    harness = generate(specification)
    buy = harness.table.contexts[-1]
    assert buy.aim and buy.times
    assert harness.omitted == {}


CODE = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Odd {
    function f(uint256 x) external view returns (bool) { return x == 31337 && tx.origin == address(0xD00D); }
    function hidden() external {}
    function peek() external view returns (uint256) { return block.number; }
}
"""


def test_constants_of_the_code_are_found_and_noise_is_not(tmp_path: Path) -> None:
    contract = compile_sources({"Odd.sol": CODE}).contract("Odd")
    told = candidate(sale(tmp_path), contract)
    assert 31337 in told.words
    assert f"0x{0xD00D:040x}" in told.addresses
    assert contract.method_identifiers["hidden()"] in told.selectors
    assert contract.method_identifiers["peek()"] in told.views
    assert not addresses_tool(contract)


def test_jump_destinations_and_metadata_are_no_constants() -> None:
    code = bytes.fromhex("600456" + "00" + "5b" + "611234" + "00")
    assert list(pushes(code)) == [(2, 0x1234)]
    behind = b"solc" + b"\x00\x08\x25"
    assert without_metadata(code + behind + len(behind).to_bytes(2, "big")) == code


def test_code_that_names_the_test_tool_is_told() -> None:
    source = CODE.replace("address(0xD00D)", "address(uint160(0x007109709ECfa91a80626fF3989D68f67F5b1DD12D))")
    assert addresses_tool(compile_sources({"Odd.sol": source}).contract("Odd"))


def test_addresses_that_are_literals_or_made_of_numbers_compile(tmp_path: Path) -> None:
    path = tmp_path / "Box.spec.sol"
    path.write_text(
        """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @custom:deploy ()
/// @custom:invariant own: owner() == 0xDeaDbeefdEAdbeefdEadbEEFdeadbeEFdEaDbeeF
interface Box {
    function owner() external view returns (address);
    /// @custom:only address(uint160(key))
    /// @custom:modifies nothing
    /// @custom:succeeds otherwise
    function set(uint256 key) external;
}
"""
    )
    assert compile_clauses(parse(path)).creation
