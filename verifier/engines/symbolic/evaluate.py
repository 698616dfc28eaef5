"""Clauses as z3 terms over a state.

`Evaluator.evaluate` gives the value of a formula and whether it is defined. Undefined is never true: `holds` is *defined and true*.
Source: docs/language.md, expressions and exact arithmetic.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import z3
from eth_hash.auto import keccak
from halmos.bytevec import ByteVec
from z3 import (
    ULT,
    BitVec,
    BitVecRef,
    BitVecSort,
    BitVecVal,
    BoolRef,
    BoolVal,
    Concat,
    Extract,
    If,
    LShR,
    simplify,
)

from specs import formula as f
from specs.formula import Expression, Type
from specs.specification import Specification
from verifier.engines.symbolic import values as v
from verifier.engines.symbolic.encoding import decode_returned, encode, whole, word, word_bits, zero
from verifier.engines.symbolic.snapshot import NotUnderstood, Snapshot
from verifier.engines.symbolic.values import Int, Value, conj, disj, implies, negation

ACCEPTS = z3.Function("sw_accepts", BitVecSort(160), BitVecSort(1))


def accepts(who: BitVecRef) -> BoolRef:
    """Return whether an address accepts all that the call sends and asks there; what is known of it stands where the call is over."""
    return ACCEPTS(who) == 1


@dataclass(slots=True)
class Scope:
    """What names mean: variables, values of the call and the chain, old values, and the keys that a sum is taken apart by."""

    variables: dict[str, Value] = field(default_factory=dict)
    world: Mapping[str, Value] = field(default_factory=dict)
    olds: dict[Expression, Value] = field(default_factory=dict)
    named_keys: Mapping[str, Sequence[tuple[BitVecRef, ...]]] | None = field(default_factory=dict)  # None: not known yet, nor is a sum
    distinct: bool = False  # no two of the named keys coincide
    unframed: frozenset[str] = frozenset()  # getters that may have changed at any key: their sums are not known
    paid: Sequence[tuple[BitVecRef, BitVecRef]] | None = None  # to whom a call that succeeded sent how many wei; None: it is not over
    rest_is_zero: bool = False  # the unnamed part of every sum is zero (after construction)


class Evaluator:
    """Evaluate formulas of one specification in one state."""

    def __init__(self, specification: Specification, snapshot: Snapshot, scope: Scope) -> None:
        self.specification = specification
        self.snapshot = snapshot
        self.scope = scope
        self.facts: list[BoolRef] = []
        self.known: tuple[BoolRef, ...] = ()  # what the formula has asked first: elsewhere the value in question does not count

    def holds(self, e: Expression) -> BoolRef:
        """Return `defined and true`."""
        value = self.evaluate(e)
        return conj(value.defined, value.term)

    def evaluate(self, e: Expression) -> Value:
        """Return the value of an expression; facts of arithmetic that it needs go to the path."""
        method = getattr(self, f"_{type(e).__name__.lower()}")
        value: Value = method(e)
        for fact in self.facts:
            self.snapshot.ex.path.append(fact)
        self.facts.clear()
        return value

    def _where(self, condition: BoolRef, e: Expression) -> Value:
        """Return the value of an expression that counts only where a condition holds."""
        known = self.known
        self.known = (*known, *v.parts(condition))
        try:
            return self.evaluate(e)
        finally:
            self.known = known

    # ------------------------------------------------------------ leaves

    def _literal(self, e: f.Literal) -> Value:
        if isinstance(e.value, bool):
            return Value(BoolVal(e.value))
        if isinstance(e.value, int):
            if e.type.kind == "address":
                return Value(BitVecVal(e.value, 160))
            if e.type.kind == "fixed_bytes":
                return Value(BitVecVal(e.value, e.type.bits))
            return Value(v.natural(e.value))
        if isinstance(e.value, bytes):
            if e.type.kind == "address":
                return Value(BitVecVal(int.from_bytes(e.value, "big"), 160))
            if e.type.kind == "fixed_bytes":
                return Value(BitVecVal(int.from_bytes(e.value.ljust(e.type.bits // 8, b"\0"), "big"), e.type.bits))
            return Value(ByteVec(e.value))
        return Value(ByteVec(e.value.encode()))

    def _variable(self, e: f.Variable) -> Value:
        if e.name not in self.scope.variables:
            raise NotUnderstood(f"{e.name}, which has no value here (a result that is no single word)")
        return self.scope.variables[e.name]

    def _world(self, e: f.World) -> Value:
        return self.scope.world[e.name]

    def _enumvalue(self, e: f.EnumValue) -> Value:
        return Value(v.natural(e.type.members.index(e.member)))

    # ------------------------------------------------------------ reads

    def _read(self, e: f.Read) -> Value:
        getter = self.specification.getter(e.getter)
        arguments = [self.evaluate(a) for a in e.arguments]
        return self.read(e.getter, [word(a, p.type) for a, p in zip(arguments, getter.parameters, strict=True)], e.type)

    def read(self, signature: str, words: Sequence[Value], kind: Type | None = None) -> Value:
        """Call a getter with words (bit-vectors of 256 bits) and decode its answer."""
        getter = self.specification.getter(signature)
        selector, code = self.snapshot.reading(getter)
        data = ByteVec(selector)
        for w in words:
            data.append(v.from_bits(w.term))
        returned = kind or whole(getter)
        outcomes = [
            (o.guard, decode_returned(o.data, getter, kind) if o.data is not None else None)
            for o in self.snapshot.view(data, code, there=getter.is_foreign)
        ]
        defined = conj(*(w.defined for w in words))
        return merge(outcomes, returned, defined)

    def _sum(self, e: f.Sum) -> Value:
        if e.getter in self.scope.unframed:
            raise NotUnderstood(f"a sum of {e.name}, which may change at every key")
        if self.scope.named_keys is None:
            raise NotUnderstood(f"a key that depends on the sum of {e.name}")
        getter = self.specification.getter(e.getter)
        keys = [word(self.evaluate(k), p.type) for k, p in zip(e.keys, getter.parameters, strict=False)]
        lead = [k.term for k in keys]
        # the keys that are not named: at most one largest value for each key
        bits = getter.returns[0].type.bits + word_bits(getter.parameters[-1].type)
        name = f"sw_rest_{'there_' if getter.is_foreign else ''}{getter.selector}"
        if self.scope.rest_is_zero and not getter.is_foreign:
            total = v.natural(0)
        elif lead:
            total = v.integer(z3.Function(name, BitVecSort(256 * len(lead)), BitVecSort(bits))(v.join(lead)))
        else:
            total = v.integer(BitVec(name, bits))
        seen: list[tuple[BitVecRef, ...]] = []
        for key in reversed(self.scope.named_keys.get(e.getter, ())):
            here = conj(
                *(a == b for a, b in zip(lead, key, strict=False)),
                *(negation(same_key(key, other)) for other in seen if not self.scope.distinct),
            )
            value = self.read(e.getter, [Value(k) for k in key])
            total = v.add(v.masked(simplify(conj(here, value.defined)), value.term), total)
            seen.append(key)
        return Value(total, conj(*(k.defined for k in keys)))

    def _balance(self, e: f.Balance) -> Value:
        who = self.evaluate(e.operand)
        ex = self.snapshot.ex
        value = ex.select(ex.balance, simplify(who.term), ex.balances, True)
        ex.path.append(ULT(value, BitVecVal(1 << 128, 256)))
        return Value(v.integer(value), who.defined)

    def _sent(self, e: f.Sent) -> Value:
        """Every payment to that address; none of the path goes to the contract itself, which is no stranger on it."""
        if self.scope.paid is None:
            raise NotUnderstood("what a call sends, before it is over")
        who, total = self.evaluate(e.operand), v.natural(0)
        for to, amount in self.scope.paid:
            total = v.add(total, v.masked(simplify(to == who.term), v.integer(amount)))
        return Value(total, who.defined)

    def _accepts(self, e: f.Accepts) -> Value:
        who = self.evaluate(e.operand)
        return Value(accepts(who.term), who.defined)

    def _codeless(self, e: f.Codeless) -> Value:
        if not self.snapshot.machine.code_at_first:
            raise NotUnderstood("code of others, which is not followed here")
        who = self.evaluate(e.operand)
        return Value(self.snapshot.machine.codeless(who.term), who.defined)

    def _old(self, e: f.Old) -> Value:
        return self.scope.olds[e.operand]

    def _defined(self, e: f.Defined) -> Value:
        return Value(self.evaluate(e.operand).defined)

    # ------------------------------------------------------------ operators

    def _unary(self, e: f.Unary) -> Value:
        x = self.evaluate(e.operand)
        if e.operator == "!":
            return Value(negation(x.term), x.defined)
        if e.operator == "-":
            return Value(v.negative(x.term), x.defined)
        bits = word(x, e.type, narrow=True)
        return Value(_number_of(~bits.term, e.type), bits.defined)

    def _binary(self, e: f.Binary) -> Value:
        if e.operator in {"&&", "||", "==>", "<==>"}:
            return self._logical(e)
        x, y = self.evaluate(e.left), self.evaluate(e.right)
        defined = conj(x.defined, y.defined)
        if e.operator in {"==", "!="}:
            same = self.equal(x.term, y.term)
            return Value(same if e.operator == "==" else negation(same), defined)
        if e.operator in {"<", "<=", ">", ">="}:
            a, b = _comparable(x.term, y.term)
            less = {"<": lambda: v.less(a, b), ">": lambda: v.less(b, a), "<=": lambda: v.at_most(a, b), ">=": lambda: v.at_most(b, a)}
            return Value(less[e.operator](), defined)
        return self._arithmetic(e, x, y, defined)

    def _logical(self, e: f.Binary) -> Value:
        x = self.evaluate(e.left)
        if e.operator == "<==>":
            y = self.evaluate(e.right)
            return Value(x.term == y.term, conj(x.defined, y.defined))
        y = self._where(negation(x.term) if e.operator == "||" else x.term, e.right)
        if e.operator == "&&":
            return Value(conj(x.term, y.term), conj(x.defined, implies(x.term, y.defined)))
        if e.operator == "||":
            return Value(disj(x.term, y.term), conj(x.defined, disj(x.term, y.defined)))
        return Value(implies(x.term, y.term), conj(x.defined, implies(x.term, y.defined)))

    def _arithmetic(self, e: f.Binary, x: Value, y: Value, defined: BoolRef) -> Value:
        op = e.operator
        if op == "+":
            return _within(e, v.add(x.term, y.term), defined)
        if op == "-":
            return _within(e, v.subtract(x.term, y.term, self.known), defined)
        if op == "*":
            product, facts = v.multiply(x.term, y.term)
            self.facts += facts
            return _within(e, product, defined)
        if op in {"/", "%"}:
            result, ok = v.divide(x.term, y.term) if op == "/" else v.modulo(x.term, y.term)
            return Value(result, conj(defined, simplify(ok)))
        if op == "**":
            raise NotUnderstood("a power of unknowns")
        a = word(x, e.type, narrow=True)
        if op in {"<<", ">>"}:
            by, fits = v.fit(y.term, f.UINT256)
            width = a.term.size()
            amount = Extract(width - 1, 0, by) if width < 256 else by
            small = ULT(by, BitVecVal(width, 256))
            right = a.term >> amount if e.type.kind == "int" else LShR(a.term, amount)
            moved = a.term << amount if op == "<<" else right
            empty = BitVecVal(0, width)
            if op == ">>" and e.type.kind == "int":
                empty = If(a.term < 0, BitVecVal(-1, width), empty)
            return Value(_number_of(If(small, moved, empty), e.type), conj(a.defined, y.defined, fits))
        b = word(y, e.type, narrow=True)
        term = {"&": a.term & b.term, "|": a.term | b.term, "^": a.term ^ b.term}[op]
        return Value(_number_of(term, e.type), conj(a.defined, b.defined))

    def equal(self, x: Any, y: Any) -> BoolRef:
        """Compare two values of one type."""
        if isinstance(x, Int):
            return v.equal(x, y)
        if isinstance(x, ByteVec):
            return v.bytes_equal(x, y)
        if isinstance(x, tuple):
            return conj(
                *(conj(a.defined, b.defined, self.equal(a.term, b.term)) for a, b in zip(x, y, strict=True)),
                v.TRUE if len(x) == len(y) else v.FALSE,
            )
        return simplify(x == y)

    def _same(self, e: f.Same) -> Value:
        x, y = self.evaluate(e.left), self.evaluate(e.right)
        return Value(self.equal(x.term, y.term), conj(x.defined, y.defined))

    def _conditional(self, e: f.Conditional) -> Value:
        c = self.evaluate(e.condition)
        a, b = self._where(c.term, e.if_true), self._where(negation(c.term), e.if_false)
        defined = conj(c.defined, implies(c.term, a.defined), disj(c.term, b.defined))
        return Value(choose(c.term, a.term, b.term), defined)

    def _cast(self, e: f.Cast) -> Value:
        x = self.evaluate(e.operand)
        return cast(x, e.type)

    def _member(self, e: f.Member) -> Value:
        x = self.evaluate(e.operand)
        names = [n for n, _ in e.operand.type.components]
        part: Value = x.term[names.index(e.name)]
        return Value(part.term, conj(x.defined, part.defined))

    def _index(self, e: f.Index) -> Value:
        x, i = self.evaluate(e.operand), self.evaluate(e.index)
        if isinstance(x.term, ByteVec) or not isinstance(x.term, tuple):
            raise NotUnderstood("an index into bytes")
        if not x.term:
            return Value(zero(e.type), v.FALSE)
        out = x.term[-1].term
        inside = v.FALSE
        for n, item in reversed(list(enumerate(x.term))):
            here = v.equal(i.term, v.natural(n))
            out = choose(here, item.term, out)
            inside = disj(inside, conj(here, item.defined))
        return Value(out, conj(x.defined, i.defined, simplify(inside)))

    def _length(self, e: f.Length) -> Value:
        x = self.evaluate(e.operand)
        return Value(v.natural(len(x.term)), x.defined)

    def _hash(self, e: f.Hash) -> Value:
        x = self.evaluate(e.operand)
        data = x.term.unwrap() if len(x.term) else b""
        if isinstance(data, bytes):
            return Value(BitVecVal(int.from_bytes(keccak(data), "big"), 256), x.defined)
        return Value(self.snapshot.ex.sha3_data(data), x.defined)

    def _encode(self, e: f.Encode) -> Value:
        parts = [self.evaluate(a) for a in e.arguments]
        if not e.packed:
            return Value(*encode(parts, [a.type for a in e.arguments]))
        out = ByteVec()
        words = [p if isinstance(p.term, ByteVec) else word(p, a.type, narrow=True) for p, a in zip(parts, e.arguments, strict=True)]
        for w in words:
            out.append(w.term if isinstance(w.term, ByteVec) else v.from_bits(w.term))
        return Value(out, conj(*(w.defined for w in words)))

    def _bytesof(self, e: f.BytesOf) -> Value:
        return self.evaluate(e.operand)

    def _forall(self, _: f.Forall) -> Value:
        raise NotUnderstood("forall stands only outermost")


def _comparable(x: Any, y: Any) -> tuple[Int, Int]:
    """Return two values as numbers; bytes of two sizes are no numbers of one kind."""
    if not isinstance(x, Int) and not isinstance(y, Int) and x.size() != y.size():
        raise NotUnderstood("a comparison of values of two sizes")
    return x if isinstance(x, Int) else v.integer(x), y if isinstance(y, Int) else v.integer(y)


def _within(e: f.Binary, term: Int, defined: BoolRef) -> Value:
    """Return a number, which is none where it has more bits than any may have."""
    if f.magnitude(e) <= f.WIDEST:
        return Value(term, defined)
    limit = v.natural(1 << f.WIDEST)
    return Value(term, conj(defined, v.less(term, limit), v.less(v.negative(limit), term)))


def same_key(a: Sequence[BitVecRef], b: Sequence[BitVecRef]) -> BoolRef:
    return conj(*(simplify(x == y) for x, y in zip(a, b, strict=True)))


def _number_of(term: BitVecRef, t: Type) -> Any:
    return v.integer(simplify(term), t.kind == "int") if t.kind in {"uint", "int", "number"} else term


def choose(c: BoolRef, a: Any, b: Any) -> Any:
    """Return `c ? a : b` for values of one type."""
    if isinstance(a, Int):
        return a if a is b else v.choose_integer(c, a, b)
    if isinstance(a, tuple):
        if len(a) != len(b):
            raise NotUnderstood("a choice between arrays of different lengths")
        return tuple(
            Value(choose(c, x.term, y.term), disj(conj(c, x.defined), conj(negation(c), y.defined))) for x, y in zip(a, b, strict=True)
        )
    if isinstance(a, ByteVec):
        if len(a) != len(b):
            raise NotUnderstood("a choice between byte strings of different lengths")
        return v.from_bits(simplify(If(c, v.as_bits(a), v.as_bits(b)))) if len(a) else a
    return simplify(If(c, a, b))


def cast(x: Value, target: Type) -> Value:
    """Convert a value; undefined where it does not fit."""
    if target.kind in {"uint", "int", "enum"}:
        if isinstance(x.term, Int):
            if target.kind == "enum":
                inside = conj(v.less(x.term, v.natural(len(target.members))), v.at_most(v.natural(0), x.term))
                return Value(v.integer(v.fit(x.term, Type("uint", "uint8", 8))[0]), conj(x.defined, inside))
            term, fits = v.fit(x.term, target)
            return Value(v.integer(term, target.kind == "int"), conj(x.defined, fits))
        return Value(v.integer(x.term, target.kind == "int"), x.defined)
    if target.kind == "address":
        if isinstance(x.term, Int):
            term, fits = v.fit(x.term, Type("uint", "uint160", 160))
            return Value(term, conj(x.defined, fits))
        return x
    if target.kind == "fixed_bytes":
        if isinstance(x.term, Int):
            term, fits = v.fit(x.term, Type("uint", f"uint{target.bits}", target.bits))
            return Value(term, conj(x.defined, fits))
        if isinstance(x.term, ByteVec):
            if len(x.term) * 8 > target.bits:
                return Value(zero(target), v.FALSE)
            padded = ByteVec(x.term.unwrap()) if len(x.term) else ByteVec()
            padded.append(b"\0" * (target.bits // 8 - len(x.term)))
            return Value(v.as_bits(padded), x.defined)
        have = x.term.size()
        if have < target.bits:
            return Value(Concat(x.term, BitVecVal(0, target.bits - have)), x.defined)
        if have > target.bits:
            lost = simplify(Extract(have - target.bits - 1, 0, x.term) == 0)
            return Value(Extract(have - 1, have - target.bits, x.term), conj(x.defined, lost))
        return x
    return x


def merge(outcomes: Sequence[tuple[BoolRef, Value | None]], t: Type, defined: BoolRef) -> Value:
    """Merge a getter's outcomes into one value."""
    values = [(g, x) for g, x in outcomes if x is not None]
    if not values:
        return Value(zero(t), v.FALSE)
    ok = disj(*(conj(g, x.defined) for g, x in values)) if len(outcomes) > 1 else values[0][1].defined
    term = values[-1][1].term
    for g, x in reversed(values[:-1]):
        term = choose(g, x.term, term)
    return Value(term, conj(defined, simplify(ok)))
