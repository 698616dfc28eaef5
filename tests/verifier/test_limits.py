"""Code that no engine models fully takes PROVED from whatever reaches it (docs/language.md, *Calldata*)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from toolchain.solc import compile_sources
from toolchain.sources import import_sources
from verifier.limits import find_limits
from verifier.returns import observes_returns

HASH = "0x1b779b17422d0df92223018b32b4d1fa46e071723d6817e2486d003becc55f00"


def limits(body: str) -> list[tuple[str, str]]:
    text = "// SPDX-License-Identifier: MIT\npragma solidity ^0.8.24;\n" + body
    compilation = compile_sources({"C.sol": text})
    return [(limit.kind, limit.function) for limit in find_limits(compilation, compilation.contract("C"))]


def test_ordinary_code_has_no_limits() -> None:
    body = """contract C { mapping(address => uint256) b; bytes32 last;
    function f(bytes calldata d, string calldata s) external payable {
        b[msg.sender] += msg.value; last = keccak256(abi.encode(d, s, msg.sig)); }
    function g(uint256 x) external pure returns (uint256 y) { assembly { let p := add(x, 1) y := mulmod(p, x, 7) } } }"""
    assert limits(body) == []


SAFE = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
import {IERC20, SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
contract C {
    function put(IERC20 t, uint256 n) external { SafeERC20.safeTransferFrom(t, msg.sender, address(this), n); }
    function pay(IERC20 t, uint256 n) external { SafeERC20.safeTransfer(t, msg.sender, n); }
    function allow(IERC20 t, uint256 n) external { SafeERC20.forceApprove(t, msg.sender, n); }
}
"""


def test_examined_assembly_has_no_limits_as_long_as_it_is_the_same_to_the_letter(tmp_path: Path) -> None:
    (tmp_path / "C.sol").write_text(SAFE)
    tree = import_sources(tmp_path / "C.sol", tmp_path)

    def limited(sources: Mapping[str, str]) -> set[str]:
        compilation = compile_sources(sources, tree.settings)
        return {x.function for x in find_limits(compilation, compilation.contract("C"))}

    assert limited(tree.sources) == set()
    name, text = next((n, t) for n, t in tree.sources.items() if n.endswith("SafeERC20.sol"))
    assert limited({**tree.sources, name: text.replace("mstore(0x24, value)", "mstore(0x24, add(value, 0))")}) == {"pay", "allow"}


PAYING = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {LowLevelCall} from "@openzeppelin/contracts/utils/LowLevelCall.sol";
import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";
contract C {
    uint256 public n;
    function send(uint256 x) external { Address.sendValue(payable(msg.sender), x); }
    function sendAll() external { SafeTransferLib.safeTransferAllETH(msg.sender); }
    HERE
}
"""


def paying(folder: Path, more: str = "") -> tuple[set[str], bool]:
    """Return which functions have limits, and whether the contract looks at what strangers return."""
    (folder / "C.sol").write_text(PAYING.replace("HERE", more))
    tree = import_sources(folder / "C.sol", folder)
    compilation = compile_sources(tree.sources, tree.settings)
    contract = compilation.contract("C")
    return {x.function for x in find_limits(compilation, contract)}, observes_returns(compilation, contract)


def test_payments_by_libraries_are_known_by_their_text(tmp_path: Path) -> None:
    assert paying(tmp_path) == (set(), False)
    move = "function move(address t) external { SafeTransferLib.safeTransferFrom(t, msg.sender, address(this), 1); }"
    assert paying(tmp_path, move) == (set(), True)


@pytest.mark.attack
@pytest.mark.parametrize(
    "code",
    [
        'LowLevelCall.callNoReturn(msg.sender, 1, ""); n = LowLevelCall.returnDataSize();',
        "Address.sendValue(payable(msg.sender), 1); n = LowLevelCall.returnDataSize();",
        "LowLevelCall.callNoReturn(msg.sender, 1, abi.encode(n));",
        "LowLevelCall.bubbleRevert();",
        "function() internal pure returns (uint256) g = LowLevelCall.returnDataSize; n = g();",
        'Address.functionCallWithValue(msg.sender, "", 1);',
    ],
)
def test_the_parts_of_a_payment_are_not_known_by_themselves(tmp_path: Path, code: str) -> None:
    limited, looks = paying(tmp_path, f"function f() external {{ {code} }}")
    assert "f" in limited
    assert looks or "returnDataSize" not in code


@pytest.mark.parametrize("write", ["sstore(0x929eee149b4bd21268, 1)", "tstore(0x929eee149b4bd21268, 1)"])
def test_a_slot_that_is_no_hash_of_a_key_may_hold_what_solc_never_writes(write: str) -> None:
    assert limits(f"contract C {{ function f() external {{ assembly {{ {write} }} }} }}") == [("unclean", "f")]


@pytest.mark.attack
@pytest.mark.parametrize(
    "code",
    [
        "if (msg.data.length > 36) n = 1;",
        "n = uint8(msg.data[40]);",
        "assembly { sstore(n.slot, calldatasize()) }",
        "assembly { if calldataload(36) { mstore(0, 1) } }",
        "assembly { calldatacopy(0, 0, 32) }",
        "address(this).delegatecall(abi.encode(n));",
        "function() internal f; assembly { f := 7 } f();",
    ],
)
def test_raw_calldata_and_computed_jumps_are_unknown(code: str) -> None:
    body = (
        "contract C { uint256 n; function f(uint256 x) external { n = x; _g(); } function _g() internal { HERE } function h() external {} }"
    ).replace("HERE", code)
    assert ("unknown", "f") in limits(body)
    assert not {title for _, title in limits(body)} & {"h", "constructor"}


@pytest.mark.attack
def test_what_a_kept_pointer_leads_to_concerns_everything() -> None:
    body = "contract C { uint256 n; function() internal p; function _g() internal { n = msg.data.length; } "
    assert limits(body + "function f() external { p = _g; } function h() external { p(); } }") == [("unknown", "")]


def test_the_constructor_and_fallback_are_entries() -> None:
    body = (
        "contract C { uint256 n = _m(); fallback() external payable { _m(); }"
        " function _m() internal returns (uint256) { return msg.data.length; } }"
    )
    assert limits(body) == [("unknown", "fallback"), ("unknown", "constructor")]


@pytest.mark.attack
@pytest.mark.parametrize(
    "write",
    [
        f"assembly {{ sstore({HASH}, 1) }}",
        "assembly { sstore(add(x, 1), 1) }",
        "assembly { let s := x sstore(s, 1) }",
        "assembly { mstore(0, x) mstore(32, 1) sstore(keccak256(0, 64), 2) }",
        "assembly { mstore(0, x) mstore(32, 1) x := sload(keccak256(0, 64)) }",
        "_at(bytes32(x)).value = 1;",
        f"_at({HASH}).value = 1;",
        "_at(S).value = 1;",
        "_at(_s()).value = 1;",
    ],
)
def test_a_slot_that_may_belong_to_a_mapping_is_unknown(write: str) -> None:
    body = """contract C { struct U { uint256 value; } mapping(address => uint256) b; bytes32 constant S = SLOT;
    function _s() internal view virtual returns (bytes32) { return bytes32(uint256(blockhash(1))); }
    function _at(bytes32 s) internal pure returns (U storage r) { assembly { r.slot := s } }
    function f(uint256 x) external { b[msg.sender] = x; HERE } }""".replace("SLOT", HASH).replace("HERE", write)
    assert ("unknown", "f") in limits(body)


@pytest.mark.parametrize(
    "write",
    [
        "assembly { let s := S sstore(s, 1) }",
        "_at(_s()).value = 2;",
    ],
)
def test_published_slots_are_right(write: str) -> None:
    slot = "0x9b779b17422d0df92223018b32b4d1fa46e071723d6817e2486d003becc55f00"
    body = """contract C { struct U { uint256 value; } bytes32 constant S = SLOT;
    function _s() internal pure virtual returns (bytes32) { return S; }
    function _at(bytes32 s) internal pure returns (U storage r) { assembly { r.slot := s } }
    function f() external { HERE } }""".replace("SLOT", slot).replace("HERE", write)
    assert limits(body) == []


@pytest.mark.attack
@pytest.mark.parametrize(
    "write",
    ["assembly { sstore(on.slot, 2) }", "assembly { sstore(0, 2) }"],
)
def test_assembly_may_leave_values_that_solc_never_writes(write: str) -> None:
    body = "contract C { bool on; mapping(uint256 => bool) m; function f(uint256 x) external { m[x] = on; HERE } }"
    assert limits(body.replace("HERE", write)) == [("unclean", "f")]


@pytest.mark.attack
def test_an_array_as_large_as_storage_reaches_every_mapping() -> None:
    body = (
        "contract C { mapping(address => uint256) b; uint256[2**255] x; function f(uint256 i) external { x[i] = 1; b[msg.sender] = 1; } }"
    )
    assert limits(body) == [("unknown", "")]


@pytest.mark.parametrize("guard", ["ReentrancyGuard", "ReentrancyGuardTransient"])
def test_the_locks_of_openzeppelin_are_right(guard: str, tmp_path: Path) -> None:
    entry = tmp_path / "C.sol"
    entry.write_text(
        f'pragma solidity ^0.8.24; import {{{guard}}} from "@openzeppelin/contracts/utils/{guard}.sol";'
        f" contract C is {guard} {{ function f() external nonReentrant {{}} }}"
    )
    tree = import_sources(entry)
    compilation = compile_sources(tree.sources, tree.settings)
    assert find_limits(compilation, compilation.contract("C")) == ()


@pytest.mark.attack
@pytest.mark.parametrize(
    "does",
    [
        "x := mload(0x40)",
        "x := msize()",
        "x := gas()",
        "x := codesize()",
        "x := returndatasize()",
        "returndatacopy(0, 1, 0)",
        "mstore(0, 1) return(0, 32)",
        "mstore(0, x) x := keccak256(0, 32)",
        "pop(staticcall(gas(), caller(), 0, 0, 0, 64))",
        "let y := extcodesize(caller()) x := y",
    ],
)
def test_assembly_that_shows_memory_code_gas_or_answers_is_unknown(does: str) -> None:
    assert ("unknown", "f") in limits(f"contract C {{ function f(uint256 x) external {{ assembly {{ {does} }} }} }}")


@pytest.mark.attack
def test_pointers_into_calldata_and_gas_are_unknown() -> None:
    raw = "contract C { function f(bytes calldata c) external returns (bytes32) { assembly { c.offset := 200 } return bytes32(c); } }"
    assert ("unknown", "f") in limits(raw)
    assert ("unknown", "f") in limits("contract C { uint256 g; function f() external { g = gasleft(); } }")


@pytest.mark.attack
def test_code_that_no_chain_takes_is_unknown() -> None:
    words = "0123456789" * 2500
    body = f'contract C {{ function f() external pure returns (string memory) {{ return "{words}"; }} }}'
    assert limits(body) == [("unknown", "")]
