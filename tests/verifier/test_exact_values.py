"""Exact integers of clauses: whatever the words are, a term evaluates to the integer that the expression is."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import product
from pathlib import Path
from random import Random

import pytest
from z3 import (
    UGT,
    ULE,
    ULT,
    And,
    BitVec,
    BitVecNumRef,
    BitVecRef,
    BitVecVal,
    BoolRef,
    ExprRef,
    FuncDeclRef,
    If,
    Solver,
    UDiv,
    Var,
    is_app,
    is_true,
    is_var,
    simplify,
    substitute,
    substitute_funs,
    unsat,
)

from specs.parse import parse
from toolchain.sources import import_sources
from verifier.engines.job import Effort
from verifier.engines.symbolic import values as v
from verifier.engines.symbolic.engine import discharge_all
from verifier.engines.symbolic.values import WIDE, Int
from verifier.judge import Candidate, JudgeOptions, prepare

MOST = 2**256 - 1
EDGES = (0, 1, 2, 3, 2**128 - 1, 2**128, 2**255, MOST - 1, MOST)
A, B, C = (BitVec(name, 256) for name in "abc")
a, b, c = map(v.integer, (A, B, C))
ONE = v.natural(1)


def _operations(e: ExprRef, found: dict[str, FuncDeclRef]) -> dict[str, FuncDeclRef]:
    if is_app(e) and not is_var(e):
        if e.decl().name().startswith("f_evm_"):
            found[e.decl().name()] = e.decl()
        for child in e.children():
            _operations(child, found)
    return found


def _meaning(name: str) -> ExprRef:
    """Return what halmos' `refine` makes of an uninterpreted operation."""
    m = re.fullmatch(r"f_evm_(bv\w+)_(\d+)", name)
    assert m is not None
    width = int(m[2])
    x, y = Var(0, BitVecVal(0, width).sort()), Var(1, BitVecVal(0, width).sort())
    assert isinstance(x, BitVecRef) and isinstance(y, BitVecRef)
    whole = WIDE[m[1]](x, y)
    return whole if m[1] == "bvmul" else If(y == 0, BitVecVal(0, width), whole)


def evaluated(e: ExprRef, words: dict[BitVecRef, int]) -> ExprRef:
    """Return a term at these words, its operations taken for what they mean."""
    while found := _operations(e, {}):
        e = substitute_funs(e, *((f, _meaning(name)) for name, f in found.items()))
    return simplify(substitute(e, *((x, BitVecVal(n, 256)) for x, n in words.items())))


def number(e: ExprRef, words: dict[BitVecRef, int]) -> int:
    value = evaluated(e, words)
    assert isinstance(value, BitVecNumRef)
    return int(value.as_long())


def whole(x: Int, words: dict[BitVecRef, int]) -> int:
    """Return the integer that x is; where a part says when its word is all of it, that must be so."""
    total = 0
    for sign, parts in ((1, x.plus), (-1, x.minus)):
        for p in parts:
            high = number(p.hi, words) if p.hi is not None else 0
            assert p.fits is None or is_true(evaluated(p.fits, words)) == (high == 0)
            total += sign * (high * 2**256 + number(p.lo, words))
    return total


def _toward_zero(x: int, y: int) -> int:
    quotient = abs(x) // abs(y)
    return quotient if (x < 0) == (y < 0) else -quotient


CASES: dict[str, tuple[Callable[[], tuple[Int, BoolRef]], Callable[[int, int, int], int | None]]] = {
    "a * b": (lambda: (v.multiply(a, b)[0], v.TRUE), lambda x, y, z: x * y),
    "a * (b + 1)": (lambda: (v.multiply(a, v.add(b, ONE))[0], v.TRUE), lambda x, y, z: x * (y + 1)),
    "(a + b) * (b + c)": (lambda: (v.multiply(v.add(a, b), v.add(b, c))[0], v.TRUE), lambda x, y, z: (x + y) * (y + z)),
    "a * b * c": (lambda: (v.multiply(v.multiply(a, b)[0], c)[0], v.TRUE), lambda x, y, z: x * y * z),
    "(a - b) * c": (lambda: (v.multiply(v.subtract(a, b), c)[0], v.TRUE), lambda x, y, z: (x - y) * z),
    "a / b": (lambda: v.divide(a, b), lambda x, y, z: x // y if y else None),
    "a * (b + 1) / (c + 1)": (
        lambda: v.divide(v.multiply(a, v.add(b, ONE))[0], v.add(c, ONE)),
        lambda x, y, z: x * (y + 1) // (z + 1),
    ),
    "(a * (b + 1) + c) / (c + 1)": (
        lambda: v.divide(v.add(v.multiply(a, v.add(b, ONE))[0], c), v.add(c, ONE)),
        lambda x, y, z: (x * (y + 1) + z) // (z + 1),
    ),
    "(a + b) % c": (lambda: v.modulo(v.add(a, b), c), lambda x, y, z: (x + y) % z if z else None),
    "(a - b) / c": (lambda: v.divide(v.subtract(a, b), c), lambda x, y, z: _toward_zero(x - y, z) if z else None),
    "(a - b) % c": (
        lambda: v.modulo(v.subtract(a, b), c),
        lambda x, y, z: x - y - z * _toward_zero(x - y, z) if z else None,
    ),
    "a / (b + c)": (lambda: v.divide(a, v.add(b, c)), lambda x, y, z: x // (y + z) if y + z else None),
}


@pytest.mark.parametrize("expression", CASES)
def test_arithmetic_is_exact_for_words_of_every_size(expression: str) -> None:
    term, expected = CASES[expression]
    result, defined = term()
    chance = Random(expression)
    triples = [*chance.sample([*product(EDGES, repeat=3)], 4), tuple(chance.getrandbits(256) for _ in range(3))]
    for triple in triples:
        words = dict(zip((A, B, C), triple, strict=True))
        wanted = expected(*triple)
        assert is_true(evaluated(defined, words)) == (wanted is not None), triple
        if wanted is not None:
            assert whole(result, words) == wanted, triple


@pytest.mark.parametrize("asked", [ULE(B, A), ULT(B, A), And(ULE(B, A), ULT(A, C))])
def test_a_difference_is_the_word_that_code_computes_where_it_is_known_which_is_less(asked: BoolRef) -> None:
    """So a product with it is one of words; where a formula did not ask, nothing changes."""
    known = v.parts(asked)
    word = v.single_word(v.subtract(a, b, known))
    assert word is not None and word.eq(simplify(A - B))
    assert v.single_word(v.subtract(b, a, known)) is None and v.single_word(v.subtract(a, c, known)) is None
    product_, _ = v.multiply(v.subtract(a, b, known), c)
    for x, y, z in ((5, 3, 7), (MOST, 1, MOST), (MOST, MOST, 9)):
        assert whole(product_, {A: x, B: y, C: z}) == (x - y) * z


def test_a_part_of_something_is_no_more_than_it() -> None:
    """What `corrections` tells of a·b / y, for all words of eight bits: where the product wraps and where y is 0, too."""
    x, y, z = (BitVec(name, 8) for name in "xyz")
    quotient = If(z == 0, BitVecVal(0, 8), UDiv(x * y, z))
    solver = Solver()
    solver.add(ULE(y, z), UGT(quotient, x))
    assert solver.check() == unsat


RATE = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
/// @title  Shares at the price of what is held
/// @custom:deploy (uint256 shares_, uint256 held_)
/// @custom:initially terms: shares() == shares_ && held() == held_
interface Rate {
    function shares() external view returns (uint256);
    function held() external view returns (uint256);

    /// @custom:equals (amount * (shares() + 1) + held()) / (held() + 1)
    /// @custom:reverts large: amount * (shares() + 1) + held() > type(uint256).max
    /// @custom:reverts full: shares() == type(uint256).max || held() == type(uint256).max
    function worth(uint256 amount) external view returns (uint256);

    /// @custom:changes bought: shares() by +got, held() by +amount
    /// @custom:ensures priced: got == old(worth(amount))
    /// @custom:succeeds enough: shares() + worth(amount) <= type(uint256).max && held() + amount <= type(uint256).max
    function buy(uint256 amount) external returns (uint256 got);
}
"""
PRICED = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Rate {
    uint256 public shares;
    uint256 public held;
    constructor(uint256 shares_, uint256 held_) {
        (shares, held) = (shares_, held_);
    }
    function worth(uint256 amount) public view returns (uint256) {
        return (amount * (shares + 1) + held) / (held + 1);
    }
    function buy(uint256 amount) external returns (uint256 got) {
        got = worth(amount);
        shares += got;
        held += amount;
    }
}
"""
DEAR = ("worth.equals", "worth.large", "worth.full", "buy.bought", "buy.priced", "buy.enough")


@pytest.mark.corpus
def test_a_price_is_proved_as_code_computes_it(tmp_path: Path) -> None:
    """Products of sums, divided: as code checks each step, and as clauses mean them (library-erc4626 is made of such)."""
    (tmp_path / "Rate.spec.sol").write_text(RATE)
    sources = {"Rate": PRICED, "Down": PRICED.replace(" + held) /", ") /")}
    cases = []
    for name, text in sources.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "Rate.sol").write_text(text)
        tree = import_sources(tmp_path / name / "Rate.sol", root=tmp_path / name)
        options = JudgeOptions(effort=Effort(time_s=600, obligation_s=60, solver_s=20 if name == "Rate" else 2))
        cases.append(prepare(parse(tmp_path / "Rate.spec.sol"), Candidate(tree, "Rate"), options))
    right, wrong = discharge_all([(case, DEAR if case is cases[0] else DEAR[:1]) for case in cases])
    assert {r.obligation: r.outcome for r in right.results if r.obligation in DEAR} == dict.fromkeys(DEAR, "holds")
    assert {r.obligation: r.outcome for r in wrong.results}["worth.equals"] != "holds"


def test_wide_divisions_can_be_written_for_every_solver() -> None:
    """z3 has divisions of its own (`bvudiv_i`), which no other solver reads."""
    signed, _ = v.divide(v.subtract(a, b), c)
    unsigned, _ = v.divide(v.multiply(v.multiply(a, b)[0], c)[0], v.add(a, b))
    written = " ".join(simplify(p.lo).sexpr() for p in (*signed.plus, *unsigned.plus))
    assert "f_evm_bvsdiv" in written and "f_evm_bvudiv" in written and "div_i" not in written
