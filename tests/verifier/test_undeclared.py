"""Threat 19 and the refusals of docs/language.md (*Calldata*): what a contract has beyond its interface, by name and place."""

from __future__ import annotations

from pathlib import Path

import pytest

from specs.formula import ADDRESS, BOOL, UINT256, Position, Type
from specs.specification import Constructor, Function, Mutability, Parameter, Specification
from toolchain.solc import compile_sources
from verifier.finding import Finding
from verifier.undeclared import inspect

POINT = Type("struct", "Point", 0, (), (("x", UINT256), ("on", BOOL)))
NAMED = Type("struct", "Named", 0, (), (("x", UINT256), ("name", Type("string", "string"))))


def function(signature: str, mutability: Mutability = "nonpayable", returns: tuple[Type, ...] = (), selector: str = "-") -> Function:
    name = signature.split("(")[0]
    outputs = tuple(Parameter("", t) for t in returns)
    return Function(name, signature, selector, (), outputs, mutability, name, "", Position(1, 1), ())


def specification(*functions: Function, deploy: tuple[Type, ...] = (), payable: bool = False, text: str = "") -> Specification:
    constructor = Constructor(tuple(Parameter(f"p{i}", t) for i, t in enumerate(deploy)), payable, ())
    return Specification("C", Path("C.spec.sol"), text, "", functions, (), (), (), (), constructor, (), "0" * 64)


def look(body: str, promised: Specification) -> tuple[Finding, ...]:
    text = "// SPDX-License-Identifier: MIT\npragma solidity ^0.8.24;\n" + body
    compilation = compile_sources({"C.sol": text})
    return inspect(promised, compilation, compilation.contract("C"))


def refusals(body: str, promised: Specification) -> list[tuple[str, int]]:
    return [(f.check, f.line) for f in look(body, promised) if f.severity == "refutes"]


TOTAL = function("total()", "view", (UINT256,))
PUT = function("put()", "payable")
BOTH = specification(TOTAL, PUT)
GOOD = "contract C { uint256 public total; function put() external payable { total += msg.value; } %s }"


def test_a_contract_that_has_its_interface_and_no_more_is_not_refused() -> None:
    assert look(GOOD % "", BOTH) == ()


@pytest.mark.attack
@pytest.mark.parametrize(
    "extra",
    ["function sweep() external { payable(msg.sender).transfer(total); }", "uint256[2] a; function set(uint256 i) public { a[i] = 1; }"],
)
def test_an_extra_function_that_changes_state_is_refused_by_name(extra: str) -> None:
    (finding,) = look(GOOD % extra, BOTH)
    assert (finding.severity, finding.check, finding.line) == ("refutes", "undeclared-function", 3)
    assert finding.message.startswith(("sweep() ", "set(uint256) "))


@pytest.mark.attack
def test_an_extra_function_of_a_base_is_refused_where_it_stands() -> None:
    body = (
        "contract Owned {\n address owner; function seize() external { owner = msg.sender; } }\n" + GOOD.replace("C {", "C is Owned {") % ""
    )
    assert refusals(body, BOTH) == [("undeclared-function", 4)]


def test_an_extra_view_is_listed_only() -> None:
    (finding,) = look(GOOD % "address public owner;", BOTH)
    assert (finding.severity, finding.check) == ("informs", "extra-view")
    assert finding.message == "owner() is a view function that the interface lacks"


@pytest.mark.attack
def test_a_view_whose_modifier_is_overridden_is_refused() -> None:
    body = (
        "contract B { uint256 public total; modifier m() virtual { _; } "
        "function peek() external view m returns (uint256) { return total; } }\n"
        "contract C is B { %s function put() external payable { total += msg.value; } }"
    )
    assert refusals(body % "modifier m() override { total = 1; _; }", BOTH) == [("view-that-may-write", 3)]
    assert refusals(body % "", BOTH) == []


def test_a_missing_function_names_what_is_there_instead() -> None:
    promised = specification(TOTAL, PUT, function("take(uint256)"))
    missing = [f for f in look(GOOD % "function take(uint128) external {}", promised) if f.check == "missing-function"]
    assert [f.message for f in missing] == ["take(uint256) is promised, and the contract lacks it; the contract has take(uint128)"]


@pytest.mark.parametrize(
    ("code", "promised", "expected"),
    [
        ("function f() external pure returns (uint256) { return 1; }", function("f()", "view", (UINT256,)), []),
        ("function f() external view returns (uint256) { return total; }", function("f()", "pure", (UINT256,)), ["different-mutability"]),
        ("function f() external payable {}", function("f()"), ["different-mutability"]),
        ("function f() external returns (bool) { total = 1; return true; }", function("f()"), ["different-returns"]),
        ("function f() external { total = 1; }", function("f()", returns=(BOOL,)), ["different-returns"]),
        ("function f() external view returns (address) { return msg.sender; }", function("f()", "view", (UINT256,)), ["different-returns"]),
        ("struct P { uint256 x; bool on; } mapping(address => P) public f;", function("f(address)", "view", (UINT256, BOOL)), []),
        ("struct P { uint256 x; bool on; } mapping(address => P) public f;", function("f(address)", "view", (POINT,)), []),
        (
            "struct P { uint256 x; string s; } P p; function f() external view returns (P memory) { return p; }",
            function("f()", "view", (NAMED,)),
            [],
        ),
        ("struct P { uint256 x; string s; } P public f;", function("f()", "view", (NAMED,)), ["different-returns"]),
    ],
)
def test_signatures_mutability_and_returns_match_exactly(code: str, promised: Function, expected: list[str]) -> None:
    assert [check for check, _ in refusals(GOOD % code, specification(TOTAL, PUT, promised))] == expected


def test_the_constructor_takes_what_deploy_says() -> None:
    body = "contract C { uint256 public total; address o; constructor(address a) payable { o = a; } function put() external payable {} }"
    assert refusals(body, specification(TOTAL, PUT, deploy=(ADDRESS,), payable=True)) == []
    assert refusals(body, BOTH) == [("different-constructor", 3)] * 2
    assert refusals(GOOD % "", specification(TOTAL, PUT, deploy=(ADDRESS,))) == [("different-constructor", 0)]


@pytest.mark.parametrize("code", ["receive() external payable {}", "fallback() external {}", "fallback() external payable {}"])
def test_receive_and_fallback_must_be_declared(code: str) -> None:
    name = code.split("(")[0]
    assert refusals(GOOD % code, BOTH) == [("undeclared-function", 3)]
    declared = function(name, "payable" if "payable" in code else "nonpayable", selector="")
    assert refusals(GOOD % code, specification(TOTAL, PUT, declared)) == []
    assert refusals(GOOD % "", specification(TOTAL, PUT, declared)) == [("missing-function", 0)]


@pytest.mark.attack
@pytest.mark.parametrize(
    ("code", "check"),
    [
        ("function go(address a) internal { a.delegatecall(''); }", "delegatecall"),
        ("function go(address a) internal { assembly { pop(delegatecall(gas(), a, 0, 0, 0, 0)) } }", "delegatecall"),
        ("function go(address a) internal { assembly { pop(callcode(gas(), a, 0, 0, 0, 0, 0)) } }", "delegatecall"),
        ("function go(address a) internal { selfdestruct(payable(a)); }", "selfdestruct"),
        ("function go(address a) internal { assembly { selfdestruct(a) } }", "selfdestruct"),
    ],
)
def test_delegatecall_and_selfdestruct_are_refused_where_an_entry_reaches_them(code: str, check: str) -> None:
    hidden = "contract Base {\n" + code + "\n modifier m() { go(msg.sender); _; } }\n"
    used = hidden + GOOD.replace("C {", "C is Base {").replace("payable {", "payable m {") % ""
    assert refusals(used, BOTH) == [(check, 4)]
    unused = hidden + GOOD.replace("C {", "C is Base {") % ""
    assert refusals(unused, BOTH) == []


@pytest.mark.attack
def test_delegatecall_is_found_behind_virtual_functions_and_libraries() -> None:
    body = """
library L { function go(address a) internal { a.delegatecall(''); } }
abstract contract Base { function hook() internal virtual; function put() external payable { hook(); } }
abstract contract Middle is Base { using L for address; function hook() internal virtual override { msg.sender.go(); } }
contract C is Middle { uint256 public total; function hook() internal override { super.hook(); } }"""
    assert refusals(body, BOTH) == [("delegatecall", 4)]


@pytest.mark.attack
def test_a_linked_library_is_refused() -> None:
    body = "library L { function add(uint256 a) external pure returns (uint256) { return a + 1; } }\n" + GOOD % ""
    assert refusals(body.replace("+= msg.value", "= L.add(total)"), BOTH) == [("linked-library", 4)]
    unseen = body.replace("contract C {", "contract C { function go() external view returns (address) { return address(L); }")
    assert refusals(unseen, BOTH) == [("linked-library", 0)]


def test_a_delegatecall_to_itself_is_its_own_code() -> None:
    assert refusals(GOOD % "function m(bytes calldata d) internal { address(this).delegatecall(d); }" + " ", BOTH) == []
    used = GOOD.replace("total += msg.value;", "address(this).delegatecall('');") % ""
    assert refusals(used, BOTH) == []


@pytest.mark.attack
@pytest.mark.parametrize(
    "code",
    [
        "modifier initializer() { _; } function go() internal initializer {} function put() external payable { go(); }",
        "function put() external payable { assembly { sstore(0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc, 1) } }",
        "function put() external payable { total = uint256(keccak256('eip1967.proxy.implementation')) - 1; }",
        "bytes32 constant SLOT = 0xc5f16f0fcc639fa48a6947836d9850f504798523bf8c9a3a87d5876cf622bcf7;"
        " function put() external payable { total = uint256(SLOT); }",
    ],
)
def test_code_for_a_proxy_is_refused(code: str) -> None:
    assert {check for check, _ in refusals("contract C { uint256 public total; HERE }".replace("HERE", code), BOTH)} == {"proxy"}


def test_initialize_in_place_of_a_constructor_is_refused() -> None:
    body = "contract C { uint256 public total; bool d; function initialize(uint256 t) external { require(!d); d = true; total = t; } %s }"
    promised = specification(TOTAL, function("initialize(uint256)"))
    assert refusals(body % "", promised) == [("proxy", 3)]
    assert refusals(body % "constructor() { total = 1; }", promised) == []


@pytest.mark.attack
@pytest.mark.parametrize(
    ("condition", "name"),
    [
        ("tx.origin == address(7)", "tx.origin"),
        ("block.chainid == 31337", "block.chainid"),
        ("block.coinbase == address(0)", "block.coinbase"),
        ("gasleft() > 100000", "gasleft()"),
        ("blockhash(1) == 0", "blockhash"),
        ("block.timestamp > 2000000000", "block.timestamp"),
        ("_origin()", "tx.origin"),
    ],
)
def test_behaviour_that_hangs_on_the_chain_is_named(condition: str, name: str) -> None:
    assembly = "function _origin() internal view returns (bool r) { assembly { r := eq(origin(), 7) } }"
    body = GOOD.replace("payable {", f"payable {{ if ({condition}) total = 0;") % assembly
    (finding,) = [f for f in look(body, BOTH) if f.check == "undeclared-environment"]
    assert finding.severity == "informs"
    assert finding.message == f"put depends on {name}, of which no clause speaks"


def test_time_is_not_named_where_the_specification_speaks_of_it() -> None:
    body = GOOD.replace("payable {", "payable { require(block.timestamp > 5);") % ""
    assert look(body, specification(TOTAL, PUT, text="reverts early: block.timestamp <= 5")) == ()
