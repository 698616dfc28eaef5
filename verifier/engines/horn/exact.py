"""Render formulas as Solidity conditions that are sure: exact integers and partial values, without any revert.

Solidity computes modulo 2^256 here (everything stands in `unchecked`), a clause computes with integers, and may be undefined. So a formula
has two renderings: `yes` holds only where it is defined and true, `no` only where it is defined and false. What must be shown is asserted
as `yes`; what is assumed is required as `!no`. Each errs to the safe side where an intermediate value does not fit a word.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from specs import formula as f
from specs.formula import Expression, Type

LARGEST = (1 << 256) - 1
WORDS = frozenset({"uint", "number", "enum"})
KEYS = frozenset({"uint", "enum", "address", "bool", "fixed_bytes"})


class NotOffered(Exception):
    """Say what this engine cannot state soundly."""


@dataclass(frozen=True, slots=True)
class Truth:
    """A condition: `no` is None where the formula is always defined, so that it is the negation of `yes`."""

    yes: str
    no: str | None = None

    @property
    def refuted(self) -> str:
        """Return a condition that holds only where the formula is false."""
        return self.no if self.no is not None else negate(self.yes)

    @property
    def possible(self) -> str:
        """Return a condition that holds wherever the formula is true."""
        return negate(self.refuted)


@dataclass(frozen=True, slots=True)
class Term:
    """A value; it is right only where all of `fits` hold. `number` is set for literals."""

    text: str
    fits: tuple[str, ...] = ()
    number: int | None = None


def natural(n: int) -> Term:
    """Return a literal as a word: without its type Solidity would compute in the smallest one that fits."""
    return Term(f"uint256({n})", (), n)


#: Read a getter (its signature) with arguments; returns the value as clauses use it and what must hold for it not to revert.
Reader = Callable[[str, Sequence[str]], Term]


def negate(text: str) -> str:
    """Return the negation of a condition."""
    fixed = {"true": "false", "false": "true"}
    if text in fixed:
        return fixed[text]
    return text[1:] if text.startswith("!(") and _closes_at_end(text[1:]) else f"!({text})"


def both(*parts: str) -> str:
    """Return the conjunction of conditions."""
    kept = [p for p in dict.fromkeys(parts) if p != "true"]
    return "false" if "false" in kept else " && ".join(f"({p})" for p in kept) if len(kept) > 1 else kept[0] if kept else "true"


def either(*parts: str) -> str:
    """Return the disjunction of conditions."""
    kept = [p for p in dict.fromkeys(parts) if p != "false"]
    return "true" if "true" in kept else " || ".join(f"({p})" for p in kept) if len(kept) > 1 else kept[0] if kept else "false"


def choose(condition: str, text: str) -> str:
    """Return a value where a condition holds, else 0."""
    return {"true": text, "false": "uint256(0)"}.get(condition, f"(({condition}) ? {text} : uint256(0))")


def _closes_at_end(text: str) -> bool:
    depth = 0
    for i, c in enumerate(text):
        depth += (c == "(") - (c == ")")
        if depth == 0:
            return i == len(text) - 1
    return False


@dataclass(slots=True)
class Renderer:
    """Render the formulas of one place. `variables` maps names to values; `old` gives a term evaluated before the call (None:
    `old` changes nothing here); `sums` gives the terms that a sum is made of, to add and to subtract."""

    read: Reader
    variables: Mapping[str, str]
    old: Callable[[Expression], Term] | None = None
    payable: bool = False
    sums: Callable[[f.Sum], tuple[list[Term], list[Term]]] | None = None

    # ------------------------------------------------------------ conditions

    def truth(self, e: Expression) -> Truth:
        """Render a formula of type bool."""
        if isinstance(e, f.Unary) and e.operator == "!":
            inner = self.truth(e.operand)
            return Truth(inner.refuted, inner.yes if inner.no is not None else None)
        if isinstance(e, f.Binary) and e.operator in {"&&", "||", "==>", "<==>"}:
            return self._connective(e.operator, self.truth(e.left), self.truth(e.right))
        if isinstance(e, f.Binary) and e.operator in {"==", "!=", "<", "<=", ">", ">="}:
            return self._comparison(e.operator, e.left, e.right)
        if isinstance(e, f.Conditional):
            c, x, y = self.truth(e.condition), self.truth(e.if_true), self.truth(e.if_false)
            yes = either(both(c.yes, x.yes), both(c.refuted, y.yes))
            return Truth(yes, either(both(c.yes, x.refuted), both(c.refuted, y.refuted)))
        if isinstance(e, f.Literal) and isinstance(e.value, bool):
            return Truth("true" if e.value else "false")
        if isinstance(e, f.Read | f.Variable | f.Old) and e.type.kind == "bool":
            t = self.term(e)
            return Truth(t.text) if not t.fits else Truth(both(*t.fits, t.text), both(*t.fits, negate(t.text)))
        if isinstance(e, f.Defined):
            return Truth(both(*self.term(e.operand).fits), "false")
        raise NotOffered(f"{type(e).__name__.lower()} as a condition")

    def _connective(self, operator: str, a: Truth, b: Truth) -> Truth:
        total = a.no is None and b.no is None
        if operator == "&&":
            yes, no = both(a.yes, b.yes), either(a.refuted, both(a.yes, b.refuted))
        elif operator == "||":
            yes, no = either(a.yes, both(a.refuted, b.yes)), both(a.refuted, b.refuted)
        elif operator == "==>":
            yes, no = either(a.refuted, both(a.yes, b.yes)), both(a.yes, b.refuted)
        else:
            yes = either(both(a.yes, b.yes), both(a.refuted, b.refuted))
            no = either(both(a.yes, b.refuted), both(a.refuted, b.yes))
        if total and operator == "||":
            yes = either(a.yes, b.yes)
        if total and operator == "==>":
            yes = either(a.refuted, b.yes)
        return Truth(yes, None if total else no)

    def _comparison(self, operator: str, left: Expression, right: Expression) -> Truth:
        if left.type.kind in WORDS and right.type.kind in WORDS:
            plus, minus = self._sides(left, right)
            return compare(operator, plus, minus)
        if operator not in {"==", "!="} or not {left.type.kind, right.type.kind} <= KEYS | {"number"}:
            raise NotOffered(f"a comparison of {left.type.name} and {right.type.name}")
        t = right.type if isinstance(left, f.Literal) else left.type
        if t.kind == "bool":
            a, b = self.truth(left), self.truth(right)
            found = self._connective("<==>", a, b)
            return found if operator == "==" else Truth(found.refuted, found.yes if found.no is not None else None)
        x, y = self.key(left, t), self.key(right, t)
        fits = (*x.fits, *y.fits)
        same = f"{x.text} == {y.text}"
        yes, no = (same, negate(same)) if operator == "==" else (negate(same), same)
        return Truth(yes) if not fits else Truth(both(*fits, yes), both(*fits, no))

    def _sides(self, left: Expression, right: Expression) -> tuple[list[Term], list[Term]]:
        plus: list[Term] = []
        minus: list[Term] = []
        self._linear(left, plus, minus)
        self._linear(right, minus, plus)
        return plus, minus

    def _linear(self, e: Expression, plus: list[Term], minus: list[Term]) -> None:
        """Take sums and differences apart: moved to the right side they never wrap."""
        if isinstance(e, f.Binary) and e.operator in {"+", "-"} and e.type.kind in WORDS:
            self._linear(e.left, plus, minus)
            if e.operator == "+":
                self._linear(e.right, plus, minus)
            else:
                self._linear(e.right, minus, plus)
            return
        if isinstance(e, f.Sum):
            if self.sums is None:
                raise NotOffered("a sum")
            more, less = self.sums(e)
            plus += more
            minus += less
            return
        term = self.term(e)
        if term.number != 0:
            plus.append(term)

    # ------------------------------------------------------------ values

    def term(self, e: Expression) -> Term:
        """Render a value: a word for numbers and enums, Solidity's own type for the rest."""
        match e:
            case f.Literal():
                return self._literal(e, e.type)
            case f.Variable():
                return Term(_word(self._named(e), e.type))
            case f.World():
                return self._world(e)
            case f.EnumValue():
                return natural(e.type.members.index(e.member))
            case f.Old():
                if self.old is None:
                    return self.term(e.operand)
                return self.old(e.operand)
            case f.Read():
                return self._read(e)
            case f.Cast():
                return self._cast(e)
            case f.Length() if isinstance(e.operand, f.Variable) and e.operand.type.kind == "array":
                return Term(f"{self._named(e.operand)}.length")
            case f.Index() if isinstance(e.operand, f.Variable) and e.operand.type.kind == "array":
                return self._element(self._named(e.operand), e)
            case f.Conditional() if e.type.kind in WORDS:
                c, x, y = self.truth(e.condition), self.term(e.if_true), self.term(e.if_false)
                fits = tuple(either(negate(c.yes), a) for a in x.fits) + tuple(either(negate(c.refuted), a) for a in y.fits)
                if c.no is not None:
                    fits = (either(c.yes, c.refuted), *fits)
                return Term(f"(({c.yes}) ? {x.text} : {y.text})", fits)
            case f.Binary() if e.operator in {"+", "-", "*", "/", "%"} and e.type.kind in WORDS:
                return self._arithmetic(e)
            case _:
                raise NotOffered(f"{type(e).__name__.lower()} of type {e.type.name}")

    def key(self, e: Expression, t: Type) -> Term:
        """Render a value as an argument of Solidity's type `t`."""
        if t.kind not in KEYS:
            raise NotOffered(f"a key of type {t.name}")
        if isinstance(e, f.Literal):
            return self._key_literal(e, t)
        if t.kind == "bool":
            c = self.truth(e)
            return Term(f"({c.yes})", () if c.no is None else (either(c.yes, c.no),))
        term = self.term(e)
        if t.kind == "uint" and not (e.type.kind == "uint" and e.type.bits <= t.bits):
            term = Term(term.text, (*term.fits, f"{term.text} <= {(1 << t.bits) - 1}"))
        return Term(f"{t.name}({term.text})", term.fits) if t.kind == "uint" and t.bits != 256 else term

    def _literal(self, e: f.Literal, t: Type) -> Term:
        v = e.value
        if isinstance(v, bool):
            return Term("true" if v else "false")
        if t.kind == "address":
            n = v if isinstance(v, int) else int.from_bytes(v if isinstance(v, bytes) else v.encode(), "big")
            return Term(f"address(uint160({n}))")
        if t.kind == "fixed_bytes":
            size = t.bits // 8
            data = v.to_bytes(size, "big") if isinstance(v, int) else v if isinstance(v, bytes) else v.encode()
            return Term(f"{t.name}(0x{data.ljust(size, bytes(1)).hex()})")
        if isinstance(v, int) and 0 <= v <= LARGEST:
            return natural(v)
        raise NotOffered("such a literal")

    def _key_literal(self, e: f.Literal, t: Type) -> Term:
        """Render a literal in the key's own type: in another one it could name another function of the same name."""
        term = self._literal(e, t)
        if t.kind != "uint":
            return term
        if term.number is None or term.number >= 1 << t.bits:
            raise NotOffered("such a literal")
        return Term(f"{t.name}({term.number})", (), term.number)

    def _world(self, e: f.World) -> Term:
        if e.name == "msg.value":
            return Term("msg.value") if self.payable else natural(0)
        if e.name == "msg.sig":
            raise NotOffered("msg.sig")
        return Term(e.name)

    def _read(self, e: f.Read) -> Term:
        terms = [self._argument(a, e, i) for i, a in enumerate(e.arguments)]
        found = self.read(e.getter, [t.text for t in terms])
        return Term(_word(found.text, e.type), (*(x for t in terms for x in t.fits), *found.fits))

    def _argument(self, a: Expression, e: f.Read, index: int) -> Term:
        if a.type.kind == "enum":
            raise NotOffered("an enum as a key")
        name = e.getter[e.getter.index("(") + 1 : -1].split(",")[index]
        return self.key(a, elementary(name, a.type))

    def _named(self, e: f.Variable) -> str:
        if e.name not in self.variables:
            raise NotOffered(f"`{e.name}` here")
        return self.variables[e.name]

    def _element(self, array: str, e: f.Index) -> Term:
        i = self.term(e.index)
        inside = f"{i.text} < {array}.length"
        text = f"({inside} ? {array}[{i.text}] : {zero_of(e.type)})"
        return Term(_word(text, e.type), (*i.fits, inside))

    def _cast(self, e: f.Cast) -> Term:
        source, t = e.operand.type, e.type
        if isinstance(e.operand, f.Literal) and t.kind in {"address", "fixed_bytes"}:
            return self._literal(e.operand, t)
        if t.kind in {"uint", "number"} and source.kind in WORDS:
            x = self.term(e.operand)
            if t.kind == "number" or (source.kind == "uint" and source.bits <= t.bits) or source.kind == "enum":
                return x
            return Term(x.text, (*x.fits, f"{x.text} <= {(1 << t.bits) - 1}"))
        if t.kind == "address" and source.kind == "address":
            return self.term(e.operand)
        raise NotOffered(f"a conversion of {source.name} to {t.name}")

    def _arithmetic(self, e: f.Binary) -> Term:
        x, y = self.term(e.left), self.term(e.right)
        fits = (*x.fits, *y.fits)
        a, b = x.text, y.text
        if e.operator == "+":
            return Term(f"({a} + {b})", (*fits, f"{a} <= {LARGEST} - {b}"))
        if e.operator == "-":
            return Term(f"({a} - {b})", (*fits, f"{b} <= {a}"))
        if e.operator == "*":
            factor, other = (x.number, b) if x.number is not None else (y.number, a)
            if factor is None:
                raise NotOffered("a product of two unknowns")
            return Term(f"({a} * {b})", fits if factor == 0 else (*fits, f"{other} <= {LARGEST // factor}"))
        if not y.number:
            raise NotOffered("a division by something that is not a number")
        return Term(f"({a} {e.operator} {b})", fits)


def zero_of(t: Type) -> str:
    """Return the zero of a type."""
    match t.kind:
        case "uint" | "fixed_bytes":
            return f"{t.name}(0)"
        case "address":
            return "address(0)"
        case "bool":
            return "false"
        case _:
            raise NotOffered(f"an element of type {t.name}")


def elementary(name: str, fallback: Type) -> Type:
    """Return the type of that canonical name, as far as keys go."""
    if name.startswith("uint"):
        return Type("uint", name, int(name[4:]))
    if name.startswith("bytes") and name[5:].isdigit():
        return Type("fixed_bytes", name, 8 * int(name[5:]))
    if name in {"address", "bool"}:
        return Type("address" if name == "address" else "bool", name)
    raise NotOffered(f"a key of type {fallback.name}")


def _word(text: str, t: Type) -> str:
    """Return a value as clauses compute with it."""
    if t.kind == "enum" or (t.kind == "uint" and t.bits != 256):
        return f"uint256({text})"
    if t.kind in {"uint", "address", "bool", "fixed_bytes", "number"}:
        return text
    raise NotOffered(f"a value of type {t.name}")


def total(terms: Sequence[Term]) -> Term:
    """Return the sum of terms, right where it fits a word."""
    if not terms:
        return natural(0)
    out = terms[0]
    for t in terms[1:]:
        out = Term(f"({out.text} + {t.text})", (*out.fits, *t.fits, f"{out.text} <= {LARGEST} - {t.text}"))
    return out


def compare(operator: str, plus: Sequence[Term], minus: Sequence[Term]) -> Truth:
    """Compare two sums exactly: with at most two terms on a side no intermediate value leaves a word."""
    if operator in {"!=", ">", ">="}:
        found = compare({"!=": "==", ">": "<=", ">=": "<"}[operator], plus, minus)
        return Truth(found.refuted, found.yes if found.no is not None else None)
    left, right = list(plus), list(minus)
    if len(left) > 2:
        left = [total(left)]
    if len(right) > 2:
        right = [total(right)]
    fits = tuple(x for t in (*left, *right) for x in t.fits)
    text = _ordered(operator, [t.text for t in left], [t.text for t in right])
    return Truth(text) if not fits else Truth(both(*fits, text), both(*fits, negate(text)))


def _ordered(operator: str, left: list[str], right: list[str]) -> str:
    """Return `Σ left (== | < | <=) Σ right` without a sum that could wrap."""
    zero = natural(0).text
    if len(left) <= 1 and len(right) <= 1:
        return f"{left[0] if left else zero} {operator} {right[0] if right else zero}"
    if len(left) == 2 and len(right) <= 1:
        (a, b), c = left, right[0] if right else zero
        return f"{a} {'<' if operator == '<' else '<='} {c} && {b} {operator} {c} - {a}"
    if len(right) == 2 and len(left) <= 1:
        (c, d), a = right, left[0] if left else zero
        if operator == "==":
            return f"{c} <= {a} && {a} - {c} == {d}"
        return f"{a} < {c} || {a} - {c} {operator} {d}"
    (a, b), (c, d) = left, right
    if operator == "==":
        return f"{c} <= {a} ? {b} <= {d} && {a} - {c} == {d} - {b} : {d} <= {b} && {c} - {a} == {b} - {d}"
    return f"{c} <= {a} ? {b} <= {d} && {a} - {c} {operator} {d} - {b} : {b} <= {d} || {b} - {d} {operator} {c} - {a}"
