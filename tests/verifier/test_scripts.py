"""Stored queries are compared as terms: what z3 orders by chance is no difference, and everything else is one."""

from __future__ import annotations

import pytest
from z3 import BitVec, BoolRef, Context, Implies, Or, SolverFor, simplify

from verifier.certificate.scripts import ask_the_same

SCRIPT = b"""; pay
(set-logic QF_AUFBV)
(declare-fun x () (_ BitVec 256))
(declare-fun y () (_ BitVec 256))
(assert (let (($x1 (or (= x y) (bvult x y)))) (and $x1 (bvult y #x05))))
(check-sat-assuming (claim_0)) ; pay.paid
"""


def written(*, first: str) -> bytes:
    """Write one claim in a context in which z3 saw some variables before the others."""
    ctx = Context()
    kept = [BitVec(name, 256, ctx) == 1 for name in first]
    x, y, z = (BitVec(name, 256, ctx) == 1 for name in "xyz")
    claim = simplify(Implies(x, Or(y, z)))
    assert isinstance(claim, BoolRef) and kept
    solver = SolverFor("QF_AUFBV", ctx=Context())
    solver.add(claim.translate(solver.ctx))
    text: str = solver.to_smt2()
    return text.encode()


def test_what_z3_saw_before_makes_no_difference() -> None:
    one, other = written(first="xy"), written(first="zy")
    assert one != other
    assert ask_the_same(one, other)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"(declare-fun x () (_ BitVec 256))\n(declare-fun y", b"(declare-fun y () (_ BitVec 256))\n(declare-fun x"),
        (b"(= x y)", b"(= y x)"),
        (b"(or (= x y) (bvult x y))", b"(or (bvult x y) (= x y))"),
        (b"$x1", b"?x20"),
        (b") (", b")\n  ("),
    ],
)
def test_the_same(old: bytes, new: bytes) -> None:
    assert SCRIPT.replace(old, new) != SCRIPT
    assert ask_the_same(SCRIPT, SCRIPT.replace(old, new))


@pytest.mark.attack
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"(bvult x y)", b"(bvult y x)"),
        (b"(or ", b"(and "),
        (b"(or (= x y) (bvult x y))", b"(or (= x y) (= x y))"),
        (b"(or (= x y) (bvult x y))", b"(or (= x y))"),
        (b"(or (= x y) (bvult x y))", b"(or (= x y) (bvult x y) (bvult x y))"),
        (b"#x05", b"#x06"),
        (b"#x05", b"(_ bv5 8)"),
        (b"(and $x1", b"(and $x2"),
        (b"(and $x1", b"(and x"),
        (b"let (($x1 ", b"let ((y x) ($x1 "),
        (b"let (($x1 ", b"let ((or and) ($x1 "),
        (b"let (($x1 ", b"let ((|y| x) ($x1 "),
        (b"let (($x1 ", b"let ((|y| #x05) ($x1 "),
        (b"let (($x1 ", b"let ((b x) ($x1 "),
        (b"let (($x1 ", b"let (($x1 x) ($x1 "),
        (
            b"(assert (let (($x1 (or (= x y) (bvult x y)))) (and $x1 (bvult y #x05))))",
            b"(let (($x1 (assert (and (or (= x y) (bvult x y)) (bvult y #x05))))) $x1)",
        ),
        (
            b"(assert (let (($x1 (or (= x y) (bvult x y)))) (and $x1 (bvult y #x05))))",
            b"(let (($x1 assert)) ($x1 (and (or (= x y) (bvult x y)) (bvult y #x05))))",
        ),
        (b"(= x y)", b"(let (($x2 =)) ($x2 x y))"),
        (b"(= x y)", b"((let (($x2 =)) $x2) x y)"),
        (b"x () (_ BitVec 256)", b"x () (let (($x2 256)) (_ BitVec $x2))"),
        (b"#x05", b"(let ((#x05 #x05)) #x05)"),
        (b"(= x y)", b"(=\x1cx y)"),
        (b"(= x y)", b"(=\rx y)"),
        (b"let (($x1 ", b"let ($x1 "),
        (b"let (($x1 ", b"let ((($x1) "),
        (b"(assert", b"(assert false)\n(assert"),
        (b"; pay.paid", b"; pay.other"),
        (b"; pay.paid", b""),
        (b"(check-sat-assuming (claim_0))", b""),
        (b"(declare-fun y () (_ BitVec 256))", b""),
        (b"(declare-fun y () (_ BitVec 256))", b"(declare-fun y () (_ BitVec 128))"),
        (b"(declare-fun y () (_ BitVec 256))", b"(define-fun y () (_ BitVec 256) x)"),
        (b"#x05", b"|#x05|"),
        (b"(assert", b"(assert |"),
        (b"(assert", b'(assert "'),
        (b"(assert", b"((assert"),
        (b"(assert", b")(assert"),
        (b"x y", b"x\xa0y"),
        (b"x y", "x\u2002y".encode()),
        (b"(= x y)", b"(not " * 100_000 + b"(= x y)" + b")" * 100_000),
    ],
)
def test_another_question(old: bytes, new: bytes) -> None:
    assert old in SCRIPT
    assert not ask_the_same(SCRIPT, SCRIPT.replace(old, new))


def test_what_is_bound_twice_is_what_was_bound_last() -> None:
    inner = b"(assert (let ((?x1 x)) (let ((?x1 y) (?x2 ?x1)) (f ?x1 ?x2))))"
    assert ask_the_same(inner, b"(assert (f y x))")
    assert not ask_the_same(inner, b"(assert (f x y))")
    assert not ask_the_same(b"(assert (f (let ((?x1 x)) ?x1) ?x1))", b"(assert (f x x))")
