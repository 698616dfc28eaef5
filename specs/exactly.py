"""Write formulas as Solidity that says what they mean, and where it cannot.

Formulas are exact and may have no value; words of 256 bits wrap, and Solidity reverts. So each expression is three texts: its value, when
it has one, and when Solidity computes both as the language means them. Whoever uses them must allow everything where the last is false.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import NoReturn

from specs import formula as f
from specs import specification as s
from specs.formula import UINT256, Expression, Type
from specs.text import to_text
from toolchain.errors import SpecificationError

MAX = "type(uint256).max"
WORLD = {"msg.sender", "block.timestamp", "block.number", "address(this)"}
PLAIN = {"uint", "int", "bool", "address", "fixed_bytes"}
MIRRORED = {">": "<", "<": ">", ">=": "<=", "<=": ">="}


@dataclass(frozen=True, slots=True)
class Text:
    """One expression: `value` may be evaluated where `defined` and `exact` hold, `defined` where `exact` does, `exact` everywhere.

    Both are conjunctions; an integer's value is a `uint256`, or an `int256` where its type is signed.
    """

    value: str
    defined: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()

    def holds(self) -> str:
        """Return the text of *has a value and is true*, for where it is exact."""
        return both(*self.defined, self.value)


def both(*texts: str) -> str:
    """Return the conjunction of conditions."""
    return " && ".join(f"({t})" for t in dict.fromkeys(texts)) or "true"


def refuse(spec: s.Specification, at: f.Position, found: str, expected: str) -> NoReturn:
    """Refuse what no contract can be made of. Raises: SpecificationError."""
    raise SpecificationError(spec.path.parent / at.file if at.file else spec.path, at.line, at.column, f"{found} in a model", expected)


class Exactly:
    """Write the expressions of one function. `saved` gives the text of what was evaluated before the call; without it nothing was."""

    def __init__(self, spec: s.Specification, fn: s.Function | None, saved: Callable[[Expression], Text] | None = None) -> None:
        self.spec = spec
        self.fn = fn
        self.saved = saved

    def put(self, e: Expression) -> Text:
        """Return an expression as text. Raises: SpecificationError for what is not written."""
        match e:
            case f.Literal():
                return Text(self._literal(e))
            case f.Variable(role="parameter" | "result"):
                return Text(widened(self._variable(e), e.type))
            case f.World() if e.name in WORLD:
                return Text(e.name)
            case f.Read():
                return self._read(e)
            case f.Old():
                return self.saved(e.operand) if self.saved else self.put(e.operand)
            case f.Defined():
                inner = self.put(e.operand)
                return Text(both(*inner.defined), (), inner.exact)
            case f.Unary(operator="!"):
                inner = self.put(e.operand)
                return replace(inner, value=f"!({inner.value})")
            case f.Cast() if e.type.kind == "uint" and e.operand.type.kind in {"uint", "number"}:
                inner = self.put(e.operand)
                return replace(inner, defined=(*inner.defined, *_fits(inner.value, e.operand, e.type)))
            case f.Conditional():
                c, a, b = self.put(e.condition), self.put(e.if_true), self.put(e.if_false)
                chosen = (f"({c.value}) ? {both(*a.defined)} : {both(*b.defined)}",) if a.defined or b.defined else ()
                return Text(f"(({c.value}) ? {a.value} : {b.value})", (*c.defined, *chosen), (*c.exact, *a.exact, *b.exact))
            case f.Binary(operator="&&" | "||" | "==>" | "<==>"):
                return self._logical(e)
            case f.Binary(operator="==" | "!=" | "<" | "<=" | ">" | ">="):
                return self._compared(e.operator, e.left, e.right)
            case f.Binary(operator="+" | "-" | "*" | "/" | "%"):
                return self._arithmetic(e)
            case _:
                refuse(
                    self.spec,
                    e.position,
                    f"`{to_text(e)}`",
                    "leave it out, or say it by getters, comparisons and + - * / % of unsigned numbers",
                )

    def key(self, e: Expression, t: Type) -> str:
        """Return an argument that always has a value, in its own type."""
        text, fits = self.argument(e, t)
        if text.defined or text.exact or fits:
            refuse(self.spec, e.position, f"the key `{to_text(e)}`, which may have no value", "use parameters, the sender or constants")
        return text.value

    def argument(self, e: Expression, t: Type) -> tuple[Text, tuple[str, ...]]:
        """Return a value in a type of its own, and when it fits."""
        text = self.put(e)
        return replace(text, value=narrowed(text.value, t)), _fits(text.value, e, t) if t.kind == "uint" else ()

    # ------------------------------------------------------------ leaves

    def _literal(self, e: f.Literal) -> str:
        if isinstance(e.value, bool) or not isinstance(e.value, int) or e.type.kind in {"address", "fixed_bytes"}:
            if e.type.kind in {"string", "bytes"}:
                refuse(self.spec, e.position, "a string", "models have words only")
            return to_text(e)
        if e.type.kind == "int" or e.value < 0:
            return f"int256({e.value})"
        if e.value >= 1 << 256:
            refuse(self.spec, e.position, f"the number {e.value}, which fits no word", "use a smaller one")
        return MAX if e.value == (1 << 256) - 1 else f"uint256({e.value})"

    def _variable(self, e: f.Variable) -> str:
        assert self.fn is not None
        if e.role == "result":
            return result(next(i for i, name in enumerate(self.fn.results) if name == e.name))
        return parameter(next(i for i, p in enumerate(self.fn.parameters) if p.name == e.name))

    def _read(self, e: f.Read) -> Text:
        getter = self.spec.getter(e.getter)
        rows = [self.argument(a, p.type) for a, p in zip(e.arguments, getter.parameters, strict=True)]
        values = ", ".join(text.value for text, _ in rows)
        defined = tuple(d for text, fits in rows for d in (*text.defined, *fits))
        has = () if always(getter) else (f"{has_of(self.spec, getter)}({values})",)
        return Text(widened(f"{getter.name}({values})", e.type), (*defined, *has), tuple(x for text, _ in rows for x in text.exact))

    # ------------------------------------------------------------ operators

    def _logical(self, e: f.Binary) -> Text:
        a, b = self.put(e.left), self.put(e.right)
        exact = (*a.exact, *b.exact)
        if e.operator == "<==>":
            return Text(f"({a.value}) == ({b.value})", (*a.defined, *b.defined), exact)
        left = f"!({a.value})" if e.operator == "==>" else a.value
        reached = a.value if e.operator in {"&&", "==>"} else f"!({a.value})"
        right = (f"!({reached}) || ({both(*b.defined)})",) if b.defined else ()
        return Text(f"({left}) {'&&' if e.operator == '&&' else '||'} ({b.value})", (*a.defined, *right), exact)

    def _arithmetic(self, e: f.Binary) -> Text:
        for x in (e.left, e.right):
            if x.type.kind not in {"uint", "number"}:
                refuse(self.spec, x.position, f"arithmetic with `{to_text(x)}`", "compare signed numbers only; compute with unsigned ones")
        a, b = self.put(e.left), self.put(e.right)
        defined, exact = (*a.defined, *b.defined), (*a.exact, *b.exact)
        value = f"({a.value} {e.operator} {b.value})"
        if e.operator in {"/", "%"}:
            return Text(value, (*defined, f"{b.value} != 0"), exact)
        if e.operator == "-":
            fits = f"{b.value} <= {a.value}"
        elif f.magnitude(e) <= 256:
            return Text(value, defined, exact)
        elif e.operator == "+":
            fits = f"{a.value} <= {MAX} - {b.value}"
        else:
            one, other = (a.value, b.value) if isinstance(e.left, f.Literal) else (b.value, a.value)
            fits = f"{one} == 0 || {other} <= {MAX} / {one}"
        return Text(value, defined, (*exact, f"!({both(*defined)}) || ({fits})" if defined else fits))

    def _compared(self, operator: str, left: Expression, right: Expression) -> Text:
        """Compare, without computing a sum or a difference that may be no word.

        Sources: a - b ~ c is a ~ c + b of integers, and a + b > c is b > c or a > c - b.
        """
        for e, other, mirrored in ((left, right, False), (right, left, True)):
            if isinstance(e, f.Binary) and e.operator == "-" and self._unsigned(e.left, e.right, other):
                moved = f.Binary(UINT256, e.position, "+", other, e.right)
                return self._compared(operator, e.left, moved) if not mirrored else self._compared(operator, moved, e.left)
        for e, other, mirrored in ((left, right, False), (right, left, True)):
            is_sum = isinstance(e, f.Binary) and e.operator == "+" and f.magnitude(e) > 256
            if isinstance(e, f.Binary) and is_sum and self._unsigned(e.left, e.right, other):
                return self._sum_compared(MIRRORED.get(operator, operator) if mirrored else operator, e, other)
        kinds = {left.type.kind, right.type.kind}
        a, b = (self._signed(x) if "int" in kinds else self.put(x) for x in (left, right))
        return Text(f"{a.value} {operator} {b.value}", (*a.defined, *b.defined), (*a.exact, *b.exact))

    def _sum_compared(self, operator: str, e: f.Binary, other: Expression) -> Text:
        x, y, z = (self.put(part) for part in (e.left, e.right, other))
        more = f"{y.value} > {z.value} || {x.value} {{}} {z.value} - {y.value}"
        equal = f"{y.value} <= {z.value} && {x.value} == {z.value} - {y.value}"
        written = {
            ">": more.format(">"),
            ">=": more.format(">="),
            "<": f"!({more.format('>=')})",
            "<=": f"!({more.format('>')})",
            "==": equal,
            "!=": f"!({equal})",
        }
        parts = (x, y, z)
        return Text(f"({written[operator]})", tuple(d for p in parts for d in p.defined), tuple(d for p in parts for d in p.exact))

    def _unsigned(self, *parts: Expression) -> bool:
        return all(p.type.kind in {"uint", "number"} for p in parts)

    def _signed(self, e: Expression) -> Text:
        if isinstance(e, f.Literal) and isinstance(e.value, int):
            return Text(f"int256({e.value})")
        return self.put(e)


def _fits(value: str, e: Expression, t: Type) -> tuple[str, ...]:
    """Return when an unsigned number fits its type."""
    return () if f.magnitude(e) <= t.bits else (f"{value} <= type({t.name}).max",)


# ---------------------------------------------------------------- names and types


def parameter(i: int) -> str:
    return f"solwright_p{i}"


def result(i: int) -> str:
    return f"solwright_r{i}"


def has_of(spec: s.Specification, getter: s.Function) -> str:
    """Return the name of the function that says whether a getter has a value."""
    return f"solwright_has{spec.getters.index(getter)}"


def always(getter: s.Function) -> bool:
    """Tell whether a getter has a value whenever it is asked."""
    reverts = any(isinstance(c, s.Reverts | s.Equals) for c in getter.clauses)
    return not reverts and any(isinstance(c, s.Succeeds) and c.mode == "otherwise" for c in getter.clauses)


def widened(text: str, t: Type) -> str:
    """Return a value of a type as the word with which formulas compute."""
    if t.kind in {"uint", "int"} and t.bits < 256:
        return f"{t.kind}256({text})"
    return text


def narrowed(text: str, t: Type) -> str:
    """Return such a word in a type of its own, where it fits."""
    return f"{t.name}({text})" if t.kind in {"uint", "int"} and t.bits < 256 else text


def to_word(text: str, t: Type) -> str:
    """Return a value as a stored word."""
    match t.kind:
        case "bool":
            return f"({text}) ? 1 : 0"
        case "address":
            return f"uint256(uint160({text}))"
        case "fixed_bytes":
            return f"uint256(bytes32({text}))"
        case "int":
            return f"uint256(int256({text}))"
        case _:
            return text


def from_word(text: str, t: Type) -> str:
    """Return what a stored word means: each value of the type is some word's."""
    match t.kind:
        case "bool":
            return f"{text} & 1 == 1"
        case "address":
            return f"address(uint160({text}))"
        case "fixed_bytes":
            return f"{t.name}(bytes32({text}))"
        case "int":
            return f"{t.name}(int256({text}))"
        case _:
            return f"{t.name}({text})"


def plain(spec: s.Specification, parameters: Iterable[s.Parameter], at: f.Position, what: str) -> None:
    """Refuse parameters or results that are no single words."""
    for p in parameters:
        if p.type.kind not in PLAIN:
            refuse(spec, at, f"{what} of type {p.type.name}", "use integers, bool, address and bytesN")
