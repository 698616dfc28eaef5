"""What quantified assumptions are used at, and the symbols that stand for any value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, product
from typing import Any

from z3 import BitVecRef, BoolRef

from specs import formula as f
from verifier.engines.symbolic import values as v
from verifier.engines.symbolic.encoding import fresh, word
from verifier.engines.symbolic.snapshot import NotUnderstood
from verifier.engines.symbolic.values import Int, Value, conj

MOST_INSTANCES = 64

#: Values by the name of their type; numbers fit every type of numbers.
Terms = Sequence[tuple[str, Value]]


def any_values(types: Sequence[f.Type]) -> tuple[list[Value], list[BoolRef]]:
    """Return symbols that stand for any values of types, and what bounds them: no two of one type are the same symbol."""
    made = [fresh(f"sw_any_{t.name}_{types[:i].count(t)}", t) for i, t in enumerate(types)]
    return [x for x, _ in made], [fact for _, facts in made for fact in facts]


def instances(formula: f.Forall, terms: Terms) -> Iterator[tuple[dict[str, Value], BoolRef]]:
    """Yield values for the bound symbols, and whether they are values of their types."""
    choices = []
    for (_, t), any_value in zip(formula.bound, any_values([t for _, t in formula.bound])[0], strict=True):
        fits = [x for n, x in terms if n == t.name or (n == "integer" and t.kind in {"uint", "int"})]
        choices.append([any_value, *fits])
    for chosen in islice(product(*choices), MOST_INSTANCES):
        values = {n: _as(x, t) for (n, t), x in zip(formula.bound, chosen, strict=True)}
        within = conj(
            *(x.defined for x in values.values()),
            *(fact for x, (_, t) in zip(values.values(), formula.bound, strict=True) for fact in _range(x, t)),
        )
        yield {n: Value(x.term) for n, x in values.items()}, within


def lemma_instances(types: Sequence[str], terms: Terms) -> Iterator[tuple[BitVecRef, ...]]:
    """Yield words for the bound symbols of a lemma."""
    choices = []
    for t, any_word in zip(types, any_words(types), strict=True):
        kind = type_named(t)
        fits = [word(x, kind).term for n, x in terms if n == kind.name or (n == "integer" and kind.kind in {"uint", "int"})]
        choices.append([any_word, *fits])
    yield from islice(product(*choices), MOST_INSTANCES)


def any_words(types: Sequence[str]) -> list[BitVecRef]:
    """Return the symbols that stand for any values of the bound types of a lemma."""
    kinds = [type_named(t) for t in types]
    return [word(x, kind).term for x, kind in zip(any_values(kinds)[0], kinds, strict=True)]


def kind_of(x: Value) -> str:
    """Return the name under which a value can be chosen for a bound symbol."""
    if isinstance(x.term, Int):
        return "integer"
    if isinstance(x.term, BitVecRef):
        return "address" if x.term.size() == 160 else f"bytes{x.term.size() // 8}"
    return ""


def type_named(name: str) -> f.Type:
    """Return the type that a lemma names."""
    if name.startswith("uint"):
        bits = int(name[4:] or 256)
        return f.Type("uint", f"uint{bits}", bits)
    if name.startswith("int"):
        bits = int(name[3:] or 256)
        return f.Type("int", f"int{bits}", bits)
    if name in {"address", "address payable"}:
        return f.ADDRESS
    if name == "bool":
        return f.BOOL
    if name.startswith("bytes") and name[5:]:
        return f.Type("fixed_bytes", name, 8 * int(name[5:]))
    raise NotUnderstood(f"forall over {name} in a lemma")


def _range(x: Value, t: f.Type) -> tuple[BoolRef, ...]:
    """Return what an instance of a bound symbol must satisfy to be a value of its type."""
    return (v.less(x.term, v.natural(len(t.members))),) if t.kind == "enum" else ()


def _as(x: Value, t: f.Type) -> Value:
    if isinstance(x.term, Int) and t.kind in {"uint", "int"}:
        term: Any
        term, fits = v.fit(x.term, t)
        return Value(v.integer(term, t.kind == "int"), conj(x.defined, fits))
    return x
