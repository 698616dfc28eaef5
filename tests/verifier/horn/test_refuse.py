"""What solc's model checker is known, or not known, to get wrong is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from toolchain.solc import compile_sources
from verifier.engines.horn.refuse import find_refusals

HEAD = "// SPDX-License-Identifier: MIT\npragma solidity ^0.8.24;\n"
#: Spacer says safe of the assertion in each of them, and the EVM fails it.
FALSE_PROOFS = {
    "a failed call moves no ether": """contract C { function w(uint a) public { uint r0 = address(this).balance;
        (bool s,) = msg.sender.call{value: a}(""); if (!s) assert(address(this).balance < r0); } }""",
    "send": "contract C { function w(address payable t, uint a) public { uint r0 = address(this).balance; bool s = t.send(a); s;"
    " assert(address(this).balance == r0 - a); } }",
    "balances of others": "contract C { address z; uint b0; constructor(address q) { z = q; b0 = q.balance; }"
    " function g() public view { assert(z.balance == b0); } }",
    "getters of other contracts": "contract K { uint public x = 7; function inc() external { x++; } }"
    " contract C { K k; constructor(K q) { k = q; } function f() public { uint a = k.x(); k.inc(); assert(k.x() == a); } }",
    "a receiver's balance": """contract C { function w(uint a) public { uint old = msg.sender.balance;
        (bool s,) = msg.sender.call{value: a}(""); s; assert(msg.sender.balance >= old); } }""",
    "a modifier twice": "contract C { uint n; modifier m(uint v) { uint k = v; _; n += k; } function g() internal m(1) m(2) {}"
    " function f() public { n = 0; g(); assert(n == 4); } }",
    "a function that calls itself": "contract C {"
    " function g(bool again) internal returns (uint r) { r = again ? 5 : 3; if (again) g(false); }"
    " function f() public { assert(g(true) == 3); } }",
    "a function that its own modifier calls": "contract C { modifier m(bool again) { if (again) g(false); _; }"
    " function g(bool again) internal m(again) returns (uint r) { if (!again) r = 3; } function f() public { assert(g(true) == 3); } }",
    "a constant that is narrowed": "contract C { uint n; uint16 constant A = 300; function f() public { n = uint8(A); assert(n == 7); } }",
    "a constant that is narrowed, unchecked": "contract C { uint n; uint16 constant A = 300;"
    " function f() public { unchecked { n = uint8(A); } assert(n == 300); } }",
}
REFUSED = {
    "assembly": "contract C { uint x; function f() public { assembly { sstore(0, 1) } } }",
    "try": "interface I { function g() external; } contract C { function f(I i) public { try i.g() {} catch {} } }",
    "new": "contract D {} contract C { D d; function f() public { d = new D(); } }",
    "transfer": "contract C { function f(address payable a) public { a.transfer(1); } }",
    "delegatecall": 'contract C { function f(address a) public { (bool s,) = a.delegatecall(""); s; } }',
    "calldata": "contract C { bytes4 s; function f() public { s = msg.sig; } }",
    "prevrandao": "contract C { uint r; function f() public { r = block.prevrandao; } }",
    "pointer to storage": "contract C { struct S { uint a; } mapping(uint => S) m; function f() public { S storage s = m[1]; s.a = 2; } }",
    "pointer to a function": "contract C { function g() internal {} function f() public { function() internal h = g; h(); } }",
    "library": "library L { function g(uint a) internal pure returns (uint) { return a; } }"
    " contract C { function f() public pure { L.g(1); } }",
    "free function": "function g(uint a) pure returns (uint) { return a; } contract C { function f() public pure { g(1); } }",
    "using for": "library L { function g(uint a) internal pure returns (uint) { return a; } }"
    " contract C { using L for uint; function f(uint a) public pure { a.g(); } }",
    "super": "contract B { function f() public virtual {} } contract C is B { function f() public override { super.f(); } }",
    "order of evaluation": "contract C { uint n; function g() internal returns (uint) { return ++n; }"
    " function f() public { n = g() + n; } }",
    "effect in an index": "contract C { uint n; uint[] a; function f() public { a[n++] = 1; } }",
    "modifier without body": "contract C { modifier m { if (msg.sender == address(1)) return; _; } function f() public m {} }",
    "modifier that runs twice": "contract C { uint n; modifier m { _; _; } function f() public m { n += 1; } }",
    "modifier that runs in a loop": "contract C { uint n; modifier m { for (uint i = 0; i < 2; ++i) { _; } } function g() internal m {"
    " uint q; if (q == 0) n += 1; q = 7; } function f() public { n = 0; g(); } }",
    "modifier that runs perhaps": "contract C { uint n; modifier m { if (n == 0) _; } function f() public m { n += 1; } }",
    "modifier twice by a base's name": "contract B { uint n; modifier m { uint k = n; _; n = k; } }"
    " contract C is B { function f() public m B.m {} }",
    "transient": "contract C { uint transient t; function f() public { t = 1; } }",
    "shadowed assert": "contract C { function assert(bool) internal pure {} function f() public pure { assert(false); } }",
    "shadowed message": "contract C { struct M { address sender; } M msg; function f() public { msg.sender = address(1); } }",
    "our prefix": "contract C { uint swh_p0; }",
    "directive": "contract C { /// @custom:smtchecker abstract-function-nondet\n function f() public {} }",
    "text of a directive": "contract C { /* SMTChecker */ function f() public {} }",
    "initial value beside a base's constructor": "contract A { constructor() { f(); } function f() internal virtual {} }"
    " contract C is A { uint x = 5; function f() internal override { x = 7; } }",
    "base's constructor that calls": "contract A { constructor() { f(); } function f() internal virtual {} }"
    " contract C is A { uint x; function f() internal override { x = 7; } }",
    "base's constructor with a modifier": "contract A { modifier m { f(); _; } constructor() m {} function f() internal virtual {} }"
    " contract C is A { uint x; function f() internal override { x = 7; } }",
    "base's constructor that only stores": "contract A { uint n; constructor() { n = 3; } }"
    " contract C is A { uint x; function f() public { x = n; } }",
    "initial value of a base that calls": "contract A { uint n = f(); function f() internal virtual returns (uint) { return 1; } }"
    " contract C is A { uint x; function f() internal override returns (uint) { x = 7; return 2; } }",
    "negation": "contract C { int256 a; function f() public { unchecked { a = -a; } } }",
    "signed division": "contract C { int256 a; function f(int256 b) public { unchecked { a = a / b; } } }",
    "local in a loop": "contract C { uint n; function f() public { for (uint i; i < 2; i++) { uint q; if (q == 0) n = i; q = 5; } } }",
    "bytes that widen": "contract C { uint n; function f() public { bytes1 a = 0x61; bytes2 b = 0x6100; if (a == b) n = 1; } }",
    "text as bytes": 'contract C { bytes32 t; function f() public { t = "ab"; } }',
    "call behind a short circuit": "contract C { uint n; function g(uint v) internal pure returns (bool) { require(v != 1); return true; }"
    " function f(uint v) public { bool a = v == 1 || g(v); if (a) n = 1; } }",
    "call in a branch": "contract C { uint n; function g(uint v) internal pure returns (uint) { return v * 2; }"
    " function f(uint v) public { uint a = v < 5 ? g(v) : 0; n = a; } }",
    "shift": "contract C { uint n; function f() public { n <<= 2; } }",
    "power": "contract C { uint n; function f(uint a) public { n = 2 ** a; } }",
    "narrow enum": "contract C { enum E { A } E e; function f(uint a) public { e = E(a); } }",
    "memory": "contract C { function f(uint[] memory a) public pure { a[0] = 1; } }",
    "push without a value": "contract C { uint[] a; function f() public { a.push(); } }",
    "delete of an array": "contract C { uint[] a; function f() public { delete a; } }",
    "own balance": "contract C { uint b; function f() public { b = address(this).balance; } }",
    "functions that call each other": "contract C { uint n; function g(uint a) internal { if (a > 0) h(a); }"
    " function h(uint a) internal { n += a; g(a - 1); } function f() public { g(2); } }",
    "a function that an override of what it calls calls": "contract B { uint n;"
    " function f() public { g(); } function g() internal virtual {} }"
    " contract C is B { function g() internal override { if (n == 0) f(); } }",
    "a sum of constants that is narrowed": "contract C { uint n; uint constant A = 200; uint constant B = A + 5;"
    " function f() public { n = uint8(2 * (A + B)); } }",
    "a largest value that is narrowed": "contract C { uint n; function f() public { n = uint8(type(uint16).max); } }",
    "a literal that is narrowed": "contract C { uint n; function f() public { n = uint8(uint16(300)); } }",
    "a constant that wraps in unchecked code": "contract C { uint n; uint8 constant A = 200; uint8 constant B = A + A;"
    " function f() public { unchecked { n = B; } } }",
    "a constant that is wider than its parts": "contract C { uint n; uint8 constant A = 200; uint constant B = (A * 2);"
    " function f() public { unchecked { n = B; } } }",
    "a constant that reverts": "contract C { uint constant A = type(uint256).max; uint constant B = A + 1;"
    " function g() public pure returns (uint) { return B; } }",
    "a constant that divides by zero": "contract C { uint constant A = 1; uint constant B = A / type(uint8).min;"
    " function g() public pure returns (uint) { return B; } }",
    "a constant of a file": "uint8 constant A = 200; uint8 constant B = A + A; contract C { function g() public pure returns (uint) {"
    " unchecked { return B; } } }",
    "a constant that depends": "contract C { bool constant T = true; uint8 constant B = (T ? 200 : 1) + 100;"
    " function g() public pure returns (uint) { return B; } }",
    "call of oneself": "contract C { function g() external {} function f() public { this.g(); } }",
}
TAKEN = {
    "a token": "contract C { mapping(address => uint) public b; function f(address to, uint a) external { require(b[msg.sender] >= a);"
    " b[msg.sender] -= a; unchecked { b[to] += a; } } }",
    "loops": "contract C { uint[] a; uint public s; function f(uint[] calldata x) external { for (uint i = 0; i < x.length; ++i)"
    " { a.push(x[i]); s += x[i]; } while (a.length > 3) a.pop(); } }",
    "overloads": "contract C { uint n; function g(uint a) internal { g(a, 1); } function g(uint a, uint b) internal { n = a + b; }"
    " function f() public { g(2); } }",
    "constants": "contract C { uint8 constant A = 200; uint constant B = uint(A) * 3 / (7 - 5) + type(uint8).max % 2;"
    " uint constant D = B - 1 days / 1600; function g() public pure returns (uint) { return D; } }",
    "a narrowing": "contract C { uint n; uint constant A = 7; function f(uint a) public { n = uint8(a + A); } }",
    "narrowings of what only a run gives": "contract C { uint n; function g() internal view returns (uint) { return n; }"
    " function f() public payable { n = uint64(block.timestamp) + uint8(g()) + uint96(msg.value) + uint160(msg.sender); } }",
    "a call with value": 'contract C { function f(address to) external { (bool ok,) = to.call{value: 1}(""); require(ok); } }',
}


@pytest.mark.parametrize("name", FALSE_PROOFS)
def test_false_proofs_are_not_proved(name: str) -> None:
    assert refusals(FALSE_PROOFS[name])


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_known_to_be_modelled_is_refused(name: str) -> None:
    assert refusals(REFUSED[name])


@pytest.mark.parametrize("name", TAKEN)
def test_what_is_known_is_taken(name: str) -> None:
    assert refusals(TAKEN[name]) == ()


def refusals(source: str) -> tuple[object, ...]:
    compilation = compile_sources({"C.sol": HEAD + source})
    return find_refusals(compilation, replace(compilation.contract("C")))
