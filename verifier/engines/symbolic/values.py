"""Values of clauses as z3 terms, with exact integers.

An integer is a bit-vector that is wide enough for every value it can have: sums widen by a bit, products add their widths, so nothing wraps and comparison is
over the integers. Products of two machine words keep the shape that solc compiles (`low word` and `no overflow`), because solvers then see the same term twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from halmos import sevm
from halmos.bitvec import HalmosBitVec as BV
from halmos.bytevec import ByteVec
from z3 import (
    UGE, ULE, ULT, And, BitVecRef, BitVecVal, BoolRef, BoolVal, Concat, Extract, Function, If, LShR, Not, Or, SignExt, SRem, UDiv, URem, ZeroExt,
    BitVecSort, is_bv_value, is_false, is_true, simplify,
)  # fmt: skip

from specs.formula import Type

TRUE, FALSE = BoolVal(True), BoolVal(False)


def conj(*terms: BoolRef) -> BoolRef:
    """Return the conjunction, without what is literally true."""
    kept = [t for t in terms if not is_true(t)]
    if any(is_false(t) for t in kept):
        return FALSE
    return And(*kept) if len(kept) > 1 else kept[0] if kept else TRUE


def disj(*terms: BoolRef) -> BoolRef:
    """Return the disjunction, without what is literally false."""
    kept = [t for t in terms if not is_false(t)]
    if any(is_true(t) for t in kept):
        return TRUE
    return Or(*kept) if len(kept) > 1 else kept[0] if kept else FALSE


def negation(t: BoolRef) -> BoolRef:
    return FALSE if is_true(t) else TRUE if is_false(t) else Not(t)


def implies(a: BoolRef, b: BoolRef) -> BoolRef:
    return disj(negation(a), b)


@dataclass(frozen=True, slots=True)
class Product:
    """The product of two words as solc computes it: `low` is right where `fits`."""

    low: BitVecRef
    fits: BoolRef


@dataclass(frozen=True, slots=True)
class Int:
    """An exact integer: `term` in two's complement where `signed`, else a natural number. `product` keeps the shape of a product of words."""

    term: BitVecRef
    signed: bool = False
    product: Product | None = None

    @property
    def width(self) -> int:
        return int(self.term.size())


@dataclass(frozen=True, slots=True)
class Value:
    """A value and whether it is defined. `term` is Int, BoolRef, BitVecRef (address, bytesN), ByteVec (string, bytes), or a tuple of Values (struct, array)."""

    term: Any
    defined: BoolRef = TRUE


def natural(n: int) -> Int:
    """Return a literal, as narrow as it can be."""
    if n < 0:
        return Int(BitVecVal(n, (-n).bit_length() + 1), True)
    return Int(BitVecVal(n, max(n.bit_length(), 1)))


def widen(x: Int, width: int) -> BitVecRef:
    """Extend to a width."""
    more = width - x.width
    if more <= 0:
        return x.term
    return SignExt(more, x.term) if x.signed else ZeroExt(more, x.term)


def _common(x: Int, y: Int, more: int = 0) -> tuple[BitVecRef, BitVecRef, bool]:
    signed = x.signed or y.signed
    width = max(x.width + (signed and not x.signed), y.width + (signed and not y.signed)) + more
    return widen(x, width), widen(y, width), signed


def add(x: Int, y: Int) -> Int:
    a, b, signed = _common(x, y, 1)
    return Int(a + b, signed)


def subtract(x: Int, y: Int) -> Int:
    a, b, _ = _common(Int(widen(x, x.width + 1), True) if not x.signed else x, y, 1)
    return Int(a - b, True)


def _word(x: Int) -> BV:
    return BV(ZeroExt(256 - x.width, x.term) if x.width < 256 else x.term)


def multiply(x: Int, y: Int) -> tuple[Int, tuple[BoolRef, ...]]:
    """Return the exact product and facts of arithmetic that the solver may use."""
    if x.signed or y.signed or max(x.width, y.width) > 256:
        width = x.width + y.width + 1
        return Int(widen(x, width) * widen(y, width), x.signed or y.signed), ()
    if x.width + y.width <= 256:
        a, b = _word(x), _word(y)
        low = a.mul(b, abstraction=sevm.f_mul[256]).as_z3()
        facts = (low == b.mul(a, abstraction=sevm.f_mul[256]).as_z3(),)
        return Int(low), facts
    a, b = _word(x), _word(y)
    low = a.mul(b, abstraction=sevm.f_mul[256]).as_z3()
    other = b.mul(a, abstraction=sevm.f_mul[256]).as_z3()
    zero = BitVecVal(0, 256)
    fits = disj(a.as_z3() == zero, BV(low).div(a, abstraction=sevm.f_div).as_z3() == b.as_z3())
    again = disj(b.as_z3() == zero, BV(low).div(b, abstraction=sevm.f_div).as_z3() == a.as_z3())
    wide = BV(ZeroExt(256, a.as_z3())).mul(BV(ZeroExt(256, b.as_z3())), abstraction=sevm.f_mul[512]).as_z3()
    exact = If(fits, ZeroExt(256, low), wide)
    facts = (low == other, fits == again, disj(fits, UGE(wide, BitVecVal(1 << 256, 512))), disj(Not(fits), wide == ZeroExt(256, low)))
    return Int(exact, False, Product(low, fits)), tuple(simplify(f) for f in facts)


def divide(x: Int, y: Int) -> tuple[Int, BoolRef]:
    """Return the quotient rounded toward zero, and whether it is defined."""
    defined = y.term != 0
    if not x.signed and not y.signed:
        if x.width <= 256 and y.width <= 256:
            return Int(BV(_word(x).as_z3()).div(_word(y), abstraction=sevm.f_div).as_z3()), defined
        a, b, _ = _common(x, y)
        if x.product is not None and y.width <= 256:
            low = BV(x.product.low).div(_word(y), abstraction=sevm.f_div).as_z3()
            wide = Function("f_evm_bvudiv_512", BitVecSort(512), BitVecSort(512), BitVecSort(512))(widen(x, 512), widen(y, 512))
            return Int(If(x.product.fits, ZeroExt(256, low), wide)), defined
        return Int(UDiv(a, b)), defined
    a, b, _ = _common(x, y, 1)
    return Int(a / b, True), defined


def modulo(x: Int, y: Int) -> tuple[Int, BoolRef]:
    """Return the remainder (the sign is the dividend's), and whether it is defined."""
    defined = y.term != 0
    if not x.signed and not y.signed:
        if x.width <= 256 and y.width <= 256:
            return Int(BV(_word(x).as_z3()).mod(_word(y), abstraction=sevm.f_mod[256]).as_z3()), defined
        a, b, _ = _common(x, y)
        return Int(URem(a, b)), defined
    a, b, _ = _common(x, y, 1)
    return Int(SRem(a, b), True), defined


def negative(x: Int) -> Int:
    return subtract(natural(0), x)


def equal(x: Int, y: Int) -> BoolRef:
    for p, q in ((x, y), (y, x)):
        if p.product is not None and not q.signed and q.width <= 256:
            return conj(p.product.fits, p.product.low == widen(q, 256))
    a, b, _ = _common(x, y)
    return a == b


def less(x: Int, y: Int) -> BoolRef:
    """Return x < y."""
    if y.product is not None and not x.signed and x.width <= 256:
        return disj(Not(y.product.fits), ULT(widen(x, 256), y.product.low))
    if x.product is not None and not y.signed and y.width <= 256:
        return conj(x.product.fits, ULT(x.product.low, widen(y, 256)))
    a, b, signed = _common(x, y)
    return a < b if signed else ULT(a, b)


def at_most(x: Int, y: Int) -> BoolRef:
    """Return x <= y."""
    if y.product is not None and not x.signed and x.width <= 256:
        return disj(Not(y.product.fits), ULE(widen(x, 256), y.product.low))
    if x.product is not None and not y.signed and y.width <= 256:
        return conj(x.product.fits, ULE(x.product.low, widen(y, 256)))
    a, b, signed = _common(x, y)
    return a <= b if signed else ULE(a, b)


def fit(x: Int, t: Type) -> tuple[BitVecRef, BoolRef]:
    """Return x as a word of an integer type's width, and whether it fits."""
    bits = t.bits
    if x.product is not None and t.kind == "uint" and bits == 256:
        return x.product.low, x.product.fits
    signed = t.kind == "int"
    wide = max(x.width + 1, bits + 1)
    term = widen(x, wide)
    low = Extract(bits - 1, 0, term)
    back = SignExt(wide - bits, low) if signed else ZeroExt(wide - bits, low)
    if not x.signed and not signed and x.width <= bits:
        return widen(x, bits), TRUE
    return low, simplify(term == back)


def shift_left(x: BitVecRef, by: BitVecRef) -> BitVecRef:
    return x << by


def shift_right(x: Int, by: BitVecRef) -> BitVecRef:
    return x.term >> by if x.signed else LShR(x.term, by)


def bytes_equal(x: ByteVec, y: ByteVec) -> BoolRef:
    """Return equality of two byte strings of known lengths."""
    if len(x) != len(y):
        return FALSE
    if len(x) == 0:
        return TRUE
    return simplify(as_bits(x) == as_bits(y))


def as_bits(x: ByteVec) -> BitVecRef:
    """Return all bytes as one bit-vector."""
    data = x.unwrap()
    if isinstance(data, bytes):
        return BitVecVal(int.from_bytes(data, "big"), 8 * len(data))
    return data


def from_bits(x: BitVecRef) -> ByteVec:
    return ByteVec(x.as_long().to_bytes(x.size() // 8, "big")) if is_bv_value(x) else ByteVec(x)


def join(parts: list[BitVecRef]) -> BitVecRef:
    return Concat(*parts) if len(parts) > 1 else parts[0]
