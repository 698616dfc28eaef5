"""Values of clauses as z3 terms, with exact integers.

An integer is a sum of natural numbers less a sum of natural numbers, each a machine word with what lies above it; nothing wraps, and
comparison moves what is subtracted to the other side and compares low words and carries. So solvers see the words that solc's code
computes: plain sums normalise, and products of two words keep solc's own test for overflow.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from halmos import sevm
from halmos.bitvec import HalmosBitVec as BV
from halmos.bytevec import ByteVec
from z3 import (
    ULE,
    ULT,
    And,
    BitVecRef,
    BitVecSort,
    BitVecVal,
    BoolRef,
    BoolVal,
    Concat,
    Extract,
    Function,
    If,
    LShR,
    Not,
    Or,
    SignExt,
    SRem,
    UDiv,
    URem,
    ZeroExt,
    is_and,
    is_bv_value,
    is_false,
    is_true,
    simplify,
)

from specs.formula import Type

TRUE, FALSE = BoolVal(True), BoolVal(False)
#: The operations of integers wider than a word, by their names in SMT-LIB.
WIDE: Mapping[str, Callable[[BitVecRef, BitVecRef], BitVecRef]] = {
    "bvmul": operator.mul,
    "bvudiv": UDiv,
    "bvurem": URem,
    "bvsdiv": operator.truediv,
    "bvsrem": SRem,
}


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


def parts(t: BoolRef) -> tuple[BoolRef, ...]:
    """Return what holds wherever a conjunction does, one by one."""
    t = simplify(t)
    return tuple(p for c in t.children() for p in parts(c)) if is_and(t) else (t,)


@dataclass(frozen=True, slots=True)
class Part:
    """A natural number hi·2^256 + lo.

    `hi` None is 0; `fits` is set for the product of two words that solc computes: then hi is 0 exactly where it holds.
    """

    lo: BitVecRef
    hi: BitVecRef | None = None
    fits: BoolRef | None = None


@dataclass(frozen=True, slots=True)
class Int:
    """An exact integer: the sum of the natural numbers `plus` less the sum of `minus`."""

    plus: tuple[Part, ...]
    minus: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Value:
    """A value and whether it is defined.

    `term` is Int, BoolRef, BitVecRef (address, bytesN), ByteVec (string, bytes), or a tuple of Values (struct, array).
    """

    term: Any
    defined: BoolRef = TRUE


def natural(n: int) -> Int:
    """Return a literal."""
    lo, hi = abs(n) % 2**256, abs(n) >> 256
    part = Part(BitVecVal(lo, 256), BitVecVal(hi, hi.bit_length()) if hi else None)
    return Int((), (part,)) if n < 0 else Int((part,))


def integer(term: BitVecRef, signed: bool = False) -> Int:
    """Return a machine word (of any width) as an integer."""
    width = term.size()
    if signed:
        lo = SignExt(256 - width, term) if width < 256 else term
        sign = simplify(If(term < 0, BitVecVal(1, 1), BitVecVal(0, 1)))
        return Int((Part(lo),), (Part(BitVecVal(0, 256), sign),))
    if width > 256:
        return Int((Part(simplify(Extract(255, 0, term)), simplify(Extract(width - 1, 256, term))),))
    return Int((Part(ZeroExt(256 - width, term) if width < 256 else term),))


def masked(c: BoolRef, x: Int) -> Int:
    """Return x where c holds, else 0."""
    if is_true(c):
        return x
    if is_false(c):
        return natural(0)

    def mask(p: Part) -> Part:
        return Part(
            simplify(If(c, p.lo, BitVecVal(0, 256))), simplify(If(c, p.hi, BitVecVal(0, p.hi.size()))) if p.hi is not None else None
        )

    return Int(tuple(map(mask, x.plus)), tuple(map(mask, x.minus)))


def _total(parts: tuple[Part, ...]) -> tuple[BitVecRef, BitVecRef]:
    """Return low word and the rest of a sum. The low word is a plain sum of words, which solvers normalise; carries are counted beside it.

    The rest is left as it stands: z3's simplifier would turn its equalities into multiplications.
    """
    width = max((p.hi.size() for p in parts if p.hi is not None), default=0)
    width = max(width, len(parts).bit_length()) + (len(parts).bit_length() if width else 0)
    lo, hi = BitVecVal(0, 256), None
    for i, p in enumerate(parts):
        if p.hi is not None:
            more = ZeroExt(width - p.hi.size(), p.hi)
            hi = more if hi is None else hi + more
        if i == 0:
            lo = p.lo
            continue
        lo = simplify(lo + p.lo)
        carry = If(ULT(lo, p.lo), BitVecVal(1, width), BitVecVal(0, width))
        hi = carry if hi is None else hi + carry
    return lo, hi if hi is not None else BitVecVal(0, max(width, 1))


def _sides(x: Int, y: Int) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """Move what is subtracted to the other side; drop zeros."""

    def kept(parts: tuple[Part, ...]) -> tuple[Part, ...]:
        return tuple(p for p in parts if not (p.hi is None and is_bv_value(p.lo) and p.lo.as_long() == 0))

    return kept(x.plus + y.minus), kept(y.plus + x.minus)


def _compare(x: Int, y: Int, low: Any, strictly: bool | None) -> BoolRef:
    """Compare; `low` compares low words where the rest is equal; `strictly` None is equality, else the rest decides where it is less."""
    left, right = _sides(x, y)
    for one, other, is_left in ((left, right, True), (right, left, False)):
        if len(one) == 1 and one[0].fits is not None and len(other) <= 1 and all(p.hi is None for p in other):
            word = other[0].lo if other else BitVecVal(0, 256)
            pair = (one[0].lo, word) if is_left else (word, one[0].lo)
            below = conj(one[0].fits, low(*pair))
            return below if strictly is None or is_left else disj(Not(one[0].fits), low(*pair))
    a, c = _total(left)
    b, d = _total(right)
    width = max(c.size(), d.size())
    c, d = (ZeroExt(width - t.size(), t) if t.size() < width else t for t in (c, d))
    same = TRUE if c.eq(d) else c == d
    if strictly is None:
        return conj(simplify(low(a, b)), same)
    return disj(conj(same, simplify(low(a, b))), FALSE if c.eq(d) else ULT(c, d))


def equal(x: Int, y: Int) -> BoolRef:
    return _compare(x, y, lambda a, b: a == b, None)


def less(x: Int, y: Int) -> BoolRef:
    """Return x < y."""
    return _compare(x, y, ULT, True)


def at_most(x: Int, y: Int) -> BoolRef:
    """Return x <= y."""
    return _compare(x, y, ULE, False)


def add(x: Int, y: Int) -> Int:
    return Int(x.plus + y.plus, x.minus + y.minus)


def subtract(x: Int, y: Int, known: Sequence[BoolRef] = ()) -> Int:
    """Return x - y. Where x >= y is known of two words, it is the word that code computes: so it can be multiplied as code does."""
    a, b = single_word(x), single_word(y)
    if a is not None and b is not None and any(k.eq(order) for order in (simplify(ULE(b, a)), simplify(ULT(b, a))) for k in known):
        return Int((Part(simplify(a - b)),))
    return Int(x.plus + y.minus, x.minus + y.plus)


def negative(x: Int) -> Int:
    return Int(x.minus, x.plus)


def single_word(x: Int) -> BitVecRef | None:
    """Return the word that x is, where it is one by its form."""
    if len(x.plus) == 1 and not x.minus and x.plus[0].hi is None:
        return x.plus[0].lo
    return None


def wide(x: Int) -> tuple[BitVecRef, bool]:
    """Return x in two's complement (True) or as a natural number, wide enough to be exact."""

    def whole(parts: tuple[Part, ...]) -> BitVecRef:
        lo, hi = _total(parts)
        return simplify(Concat(hi, lo))

    if not x.minus:
        return whole(x.plus), False
    a, b = whole(x.plus), whole(x.minus)
    width = max(a.size(), b.size()) + 1
    return simplify(ZeroExt(width - a.size(), a) - ZeroExt(width - b.size(), b)), True


def _from_wide(term: BitVecRef, signed: bool) -> Int:
    if not signed:
        return integer(term)
    width = term.size()
    sign = If(term < 0, BitVecVal(1, 1), BitVecVal(0, 1))
    if width <= 256:
        return integer(term, True)
    return Int(
        (Part(Extract(255, 0, term), Extract(width - 1, 256, term)),),
        (Part(BitVecVal(0, 256), simplify(Concat(sign, BitVecVal(0, width - 256)))),),
    )


def multiply(x: Int, y: Int) -> tuple[Int, tuple[BoolRef, ...]]:
    """Return the exact product and facts of arithmetic that the solver may use."""
    one, other = _checked(x), _checked(y)
    if one is None or other is None:
        return _from_wide(*_wide_operation("bvmul", x, y)), ()
    (a, whole_a), (b, whole_b) = one, other
    product, facts = _multiply_words(a, b)
    whole = conj(whole_a, whole_b)
    if is_true(whole):
        return Int((product,)), facts
    assert product.hi is not None and product.fits is not None
    zero = BitVecVal(0, 256)
    fits = disj(conj(whole, product.fits), conj(whole_a, a == zero), conj(whole_b, b == zero))
    exact, _ = _wide_operation("bvmul", x, y)
    width = exact.size() - 256
    return Int((Part(product.lo, If(whole, ZeroExt(width - 256, product.hi), Extract(width + 255, 256, exact)), fits),)), facts


def _multiply_words(a: BitVecRef, b: BitVecRef) -> tuple[Part, tuple[BoolRef, ...]]:
    u, w = BV(a), BV(b)
    low = u.mul(w, abstraction=sevm.f_mul[256]).as_z3()
    other = w.mul(u, abstraction=sevm.f_mul[256]).as_z3()
    zero = BitVecVal(0, 256)
    fits = simplify(disj(a == zero, BV(low).div(u, abstraction=sevm.f_div).as_z3() == b))
    again = simplify(disj(b == zero, BV(low).div(w, abstraction=sevm.f_div).as_z3() == a))
    full = BV(ZeroExt(256, a)).mul(BV(ZeroExt(256, b)), abstraction=sevm.f_mul[512]).as_z3()
    hi = simplify(Extract(511, 256, full))
    facts = (low == other, fits == again, fits == (hi == zero), Extract(255, 0, full) == low)
    return Part(low, hi, fits), tuple(simplify(f) for f in facts)


def _checked(x: Int) -> tuple[BitVecRef, BoolRef] | None:
    """Return the word that code computes for a sum, and that no step of it overflows: then the word is the sum.

    None where something is subtracted, or a part is no word and no product of words.
    """
    if x.minus or any(p.hi is not None and p.fits is None for p in x.plus):
        return None
    lo, whole = BitVecVal(0, 256), [p.fits for p in x.plus if p.fits is not None]
    for i, p in enumerate(x.plus):
        lo = simplify(lo + p.lo) if i else p.lo
        whole += [simplify(ULE(p.lo, lo))] if i else []
    return lo, conj(*whole)


def _wide_operation(name: str, x: Int, y: Int) -> tuple[BitVecRef, bool]:
    """Return an operation on integers of any size, exact, and whether it is signed.

    It is uninterpreted until a model needs it, as those of words are.
    """
    (p, ps), (q, qs) = wide(x), wide(y)
    signed = ps or qs
    width = p.size() + q.size() + 1 if name == "bvmul" else max(p.size(), q.size()) + 1
    p, q = (simplify(SignExt(width - t.size(), t) if s else ZeroExt(width - t.size(), t)) for t, s in ((p, ps), (q, qs)))
    name = {"bvudiv": "bvsdiv", "bvurem": "bvsrem"}.get(name, name) if signed else name
    constants = [is_bv_value(p), is_bv_value(q)]
    if all(constants) or (name == "bvmul" and any(constants)):  # z3 writes divisions of its own in a way that others cannot read
        return simplify(WIDE[name](p, q)), signed
    sort = BitVecSort(width)
    return Function(f"f_evm_{name}_{width}", sort, sort, sort)(p, q), signed


def divide(x: Int, y: Int) -> tuple[Int, BoolRef]:
    """Return the quotient rounded toward zero, and whether it is defined."""
    return _divide(x, y, sevm.f_div, BV.div, "bvudiv")


def modulo(x: Int, y: Int) -> tuple[Int, BoolRef]:
    """Return the remainder (the sign is the dividend's), and whether it is defined."""
    return _divide(x, y, sevm.f_mod[256], BV.mod, "bvurem")


def _divide(x: Int, y: Int, abstraction: Any, word_operation: Any, name: str) -> tuple[Int, BoolRef]:
    defined = negation(equal(y, natural(0)))
    one, other = _checked(x), _checked(y)
    if one is None or other is None:
        return _from_wide(*_wide_operation(name, x, y)), defined
    (a, whole_a), (b, whole_b) = one, other
    low, whole = word_operation(BV(a), BV(b), abstraction=abstraction).as_z3(), conj(whole_a, whole_b)
    if is_true(whole):
        return integer(low), defined
    exact, _ = _wide_operation(name, x, y)
    return integer(If(whole, ZeroExt(exact.size() - 256, low), exact)), defined


def fit(x: Int, t: Type) -> tuple[BitVecRef, BoolRef]:
    """Return x as a word of an integer type's width, and whether it fits."""
    bits = t.bits
    word = single_word(x)
    if t.kind == "uint":
        if word is not None:
            return simplify(Extract(bits - 1, 0, word)) if bits < 256 else word, TRUE if bits == 256 else simplify(LShR(word, bits) == 0)
        if bits == 256 and len(x.plus) == 1 and not x.minus and x.plus[0].fits is not None:
            return x.plus[0].lo, x.plus[0].fits
    term, signed = wide(x)
    width = max(term.size(), bits) + 1
    term = simplify(SignExt(width - term.size(), term) if signed else ZeroExt(width - term.size(), term))
    low = simplify(Extract(bits - 1, 0, term))
    back = SignExt(width - bits, low) if t.kind == "int" else ZeroExt(width - bits, low)
    return low, simplify(term == back)


def choose_integer(c: BoolRef, x: Int, y: Int) -> Int:
    """Return `c ? x : y`."""
    a, b = single_word(x), single_word(y)
    if a is not None and b is not None:
        return Int((Part(simplify(If(c, a, b))),))
    return add(masked(c, x), masked(negation(c), y))


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
