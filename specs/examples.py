"""Find for each clause a call (or a state) that keeps it and one that breaks it: what a formula means, in numbers.

An example is a model of the formulas by z3, the same whenever it is asked; small numbers are tried first. What a clause rejects keeps
everything else that is promised there, if there is such a call. Events are not searched for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal as Choice

from specs import formula as f
from specs import specification as s
from specs.formula import UINT256, Expression, Type
from specs.meaning import NOWHERE, PAYEE, SENDER, THIS, Meaning, definitions, stored, terms_of
from specs.parse import expressions
from specs.positional import positional
from specs.render import full_name
from specs.solver import Query, State, Translation, Value, conj, models

SMALL = 100
NEAR = 10**6  # of the largest value of a type: such a number is shown by its distance
MOST_VALUES = 8
VALUE = f.World(UINT256, NOWHERE, "msg.value")


@dataclass(frozen=True, slots=True)
class Example:
    """What happens: `call` ("" for a state), getters with their values before and after (None: the same state), and the outcome."""

    call: str
    values: tuple[tuple[str, str, str | None], ...]
    outcome: str

    def __str__(self) -> str:
        moved = ", ".join(f"{name} = {a}" if b is None or a == b else f"{name}: {a} → {b}" for name, a, b in self.values)
        return "; ".join(x for x in (self.call, moved, self.outcome) if x)


@dataclass(frozen=True, slots=True)
class Examples:
    """What a clause accepts and what it rejects; None: none was found in time, or there is none."""

    id: str
    accepted: Example | None
    rejected: Example | None


@dataclass(frozen=True, slots=True)
class Search:
    """One search: queries from the most wanted to the least, with the terms that are shown."""

    queries: tuple[Query, ...]
    shown: tuple[tuple[str, str, Type], ...]  # what it is, its term, its type
    call: s.Function | None
    spec: s.Specification


def examples(specification: s.Specification) -> tuple[Examples, ...]:
    """Return examples of every clause of which some can be found.

    Raises: ToolCrashed when z3 cannot be asked.
    """
    placed = positional(specification)
    rows: list[tuple[str, Search, Search]] = []
    for inv in placed.invariants:
        rows.append((inv.id, _state(placed, inv, keep=True), _state(placed, inv, keep=False)))
    for shown, fn in zip(specification.functions, placed.functions, strict=True):
        for named, c in zip(shown.clauses, fn.clauses, strict=True):
            if isinstance(c, s.Reverts | s.Ensures | s.Changes | s.Pays | s.Equals) or (isinstance(c, s.Succeeds) and c.mode != "never"):
                rows.append((full_name(shown, named), _call(placed, fn, c, keep=True), _call(placed, fn, c, keep=False)))
    found = find([x for _, accepted, rejected in rows for x in (accepted, rejected)])
    return tuple(Examples(id, found[2 * n], found[2 * n + 1]) for n, (id, _, _) in enumerate(rows))


def find(searches: Sequence[Search]) -> list[Example | None]:
    """Return what each search finds. Raises: ToolCrashed when z3 cannot be asked."""
    asked = [(n, q) for n, x in enumerate(searches) for q in x.queries]
    answers = models([q for _, q in asked], [[term for _, term, _ in searches[n].shown] for n, _ in asked])
    found: dict[int, Example] = {}
    for (n, _), values in zip(asked, answers, strict=True):
        if values is not None and n not in found:
            found[n] = _example(searches[n], values)
    return [found.get(n) for n in range(len(searches))]


def _state(spec: s.Specification, c: s.Invariant, *, keep: bool) -> Search:
    t = Translation()
    m = Meaning(t, spec, None, ())
    terms = terms_of(spec.invariants, None)
    claim = t.holds(c.formula, "pre")
    others = [x for i in spec.invariants if i is not c for x in m.instances(i.formula, "pre", terms)]
    must = [claim if keep else f"(not {claim})", *_known(t)]
    others += [*definitions(t, spec), *m.sums()]
    shown = _watched(t, spec, None, c)
    return Search(_queries(t, shown, must, others), shown, None, spec)


def _call(spec: s.Specification, fn: s.Function, c: s.Clause, *, keep: bool) -> Search:
    t = Translation()
    m = Meaning(t, spec, fn, fn.clauses)
    claim = m.claim(c) or "true"
    terms = terms_of(fn.clauses, fn)
    others = [x for o in fn.clauses if o is not c and not isinstance(o, s.Pays | s.Emits) for x in (m.claim(o),) if x is not None]
    others += [x for i in spec.invariants if not (fn.is_view and i.locked) for x in m.instances(i.formula, "pre", terms)]
    if not fn.is_view:
        others += [f"(=> {m.ok} {x})" for i in spec.invariants for x in m.instances(i.formula, "post", terms)]
        others += [m.ether(), m.paid(t.term(PAYEE, "pre").text)] if not isinstance(c, s.Pays) else [m.ether()]
    must = [claim if keep else f"(not {claim})", *_exercised(m, c, keep=keep), *_known(t)]
    others += [*definitions(t, spec), *(() if fn.is_view else m.frames()), *m.sums()]
    shown = _watched(t, spec, fn, c)
    return Search(_queries(t, shown, must, others), shown, fn, spec)


def search_of_call(t: Translation, spec: s.Specification, fn: s.Function, c: s.Clause, must: Sequence[str]) -> Search:
    """Return the search for a call of which all of that is true; `c` decides what is shown besides getters and arguments."""
    shown = _watched(t, spec, fn, c)
    return Search(_queries(t, shown, must, ()), shown, fn, spec)


def _exercised(m: Meaning, c: s.Clause, *, keep: bool) -> Iterator[str]:
    """Yield what makes a call an example of this clause: its condition holds, or the call succeeds."""
    if isinstance(c, s.Reverts):
        yield m.t.holds(c.formula, "pre")
        yield f"(not {m.ok})" if keep else m.ok
    elif isinstance(c, s.Succeeds):
        yield m.ok if keep else f"(not {m.ok})"
    else:
        yield m.ok
    this = _term(m.t, THIS)
    yield from (m.paid_for(), m.accepted())
    yield f"(not (= {_term(m.t, SENDER)} {this}))"
    if isinstance(c, s.Pays):
        to = m.t.term(c.to, "pre").text
        yield f"(not (= {to} {this}))"
        yield f"(<= 0 {m.t.symbol('sent', (to,), (f.ADDRESS,), 'Int')})"


def _known(t: Translation) -> Iterator[str]:
    """Yield that every getter that is shown has a value."""
    yield from t.definedness("pre")
    yield from t.definedness("post")


def _queries(t: Translation, shown: Sequence[tuple[str, str, Type]], must: Sequence[str], others: Sequence[str]) -> tuple[Query, ...]:
    """Return what is tried: numbers that are small and not zero, small ones, any ones; small and any ones for this clause alone."""
    numbers = [(what, term) for what, term, kind in shown if kind.kind in {"uint", "int", "address", "number"}]
    small = [f"(and (<= (- {SMALL}) {term}) (<= {term} {SMALL}))" for _, term in numbers]
    lively = [f"(not (= {term} 0))" for what, term in numbers if not what.startswith(("post", "sent", "result"))]
    parties = [term for what, term, kind in shown if kind.kind == "address" and what.startswith(("argument", "sender"))]
    if len(set(parties)) > 1:
        lively.append(f"(distinct {' '.join(dict.fromkeys(parties))})")
    out = []
    for parts in ((*must, *others, *small, *lively), (*must, *others, *small), (*must, *others), (*must, *small), tuple(must)):
        t.named.clear()
        t.add("example", conj("true", *parts))
        out.append(t.query())
    return tuple(out)


def _watched(t: Translation, spec: s.Specification, fn: s.Function | None, c: s.Clause) -> tuple[tuple[str, str, Type], ...]:
    rows: list[tuple[str, str, Type]] = []
    if fn is not None:
        rows += [(f"argument {i}", _named(t, p.type, f"parameter {i}", "parameter"), p.type) for i, p in enumerate(fn.parameters)]
        rows.append(("sender", _term(t, SENDER), SENDER.type))
        rows += [("value", _term(t, VALUE), UINT256)] if fn.payable else []
        rows.append(("ok", t.symbol("ok", (), (), "Bool"), f.BOOL))
        if fn.is_view or isinstance(c, s.Ensures):
            rows += [(f"result {i}", _named(t, p.type, f"result {i}", "result"), p.type) for i, p in enumerate(fn.returns)]
        if isinstance(c, s.Pays):
            to = t.term(c.to, "pre").text
            rows += [("payee", to, f.ADDRESS), ("sent", t.symbol("sent", (to,), (f.ADDRESS,), "Int"), UINT256)]
        asked = next((x for e in expressions(c) for x in f.walk(e) if isinstance(x, f.Accepts)), None)
        if asked is not None:
            state: State = "post" if isinstance(c, s.Ensures) else "pre"
            rows += [("stranger", t.term(asked.operand, state).text, f.ADDRESS), ("accepts", t.term(asked, state).text, f.BOOL)]
        sent = next((x for e in expressions(c) for x in f.walk(e) if isinstance(x, f.Sent)), None)
        if sent is not None:
            to = t.term(sent.operand, "post").text
            rows += [("payee", to, f.ADDRESS), ("sent", t.sent(to), UINT256)]
    states: tuple[State, State] = ("pre", "post")
    for g in stored(spec):
        if len(g.returns) != 1 or g.returns[0].type.kind in {"string", "bytes", "array", "struct"}:
            continue
        for keys in dict.fromkeys(k for state in states for k, _ in t.reads(g.signature, state)):
            for n, k in enumerate(keys):
                rows.append((f"key {n}", k, g.parameters[n].type))
            for state in states:
                value = dict(t.reads(g.signature, state)).get(keys)
                if value is not None:
                    rows.append((f"{state} {g.name}", value, g.returns[0].type))
    if fn is None:
        rows += [(f"pre sum of all {g.split('(')[0]}", total, f.NUMBER) for g, _, total in dict.fromkeys(t.sums("pre"))]
        if any(isinstance(x, f.Balance) for x in f.walk(c.formula if isinstance(c, s.Invariant) else THIS)):
            rows.append(("pre the contract's ether", _term(t, f.Balance(UINT256, NOWHERE, THIS)), UINT256))
    return tuple(rows)


def _named(t: Translation, kind: Type, name: str, role: Choice["parameter", "result"]) -> str:
    return _term(t, f.Variable(kind, NOWHERE, name, role))


def _term(t: Translation, e: Expression) -> str:
    return t.term(e, "pre").text


def _example(search: Search, values: Sequence[Value]) -> Example:
    named: dict[str, str] = {}
    states: dict[str, dict[str, str]] = {}
    keys: list[str] = []
    for (what, _, t), value in zip(search.shown, values, strict=True):
        text = _shown(value, t)
        state, _, name = what.partition(" ")
        if what.startswith("key "):
            keys = [*keys[: int(name)], text]
        elif state in {"pre", "post"} and name.startswith(("sum of ", "the ")):
            states.setdefault(name, {})[state] = text
        elif state in {"pre", "post"}:
            arity = next(len(g.parameters) for g in search.spec.readable if g.name == name)
            states.setdefault(f"{name}({', '.join(keys[:arity])})", {})[state] = text
        else:
            named[what] = text
    stays = named.get("ok") == "false"  # what reverts changes nothing
    rows = tuple((name, x.get("pre", x.get("post", "")), None if stays else x.get("post")) for name, x in states.items())[:MOST_VALUES]
    if search.call is None:
        return Example("", rows, "")
    fn = search.call
    arguments = ", ".join(named[f"argument {i}"] for i in range(len(fn.parameters)))
    ether = f" with {named['value']} wei" if fn.payable else ""
    outcome = "it succeeds" if named["ok"] == "true" else "it reverts"
    results = [named[f"result {i}"] for i in range(len(fn.returns)) if f"result {i}" in named]
    if results and named["ok"] == "true":
        outcome = f"it returns {', '.join(results)}"
    if "sent" in named and named["ok"] == "true":
        outcome += f" and sends {named['sent']} wei to {named['payee']}"
    if "accepts" in named:
        ether += f", which {named['stranger']} {'accepts' if named['accepts'] == 'true' else 'refuses'}"
    return Example(f"{fn.name}({arguments}) by {named['sender']}{ether}", rows, outcome)


def _shown(value: Value, t: Type) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return "…"  # bytes and strings are names without meaning here
    if t.kind == "address":
        return f"0x{value:x}"
    if t.kind == "uint" and t.bits > 64 and 0 <= (below := 2**t.bits - 1 - value) <= NEAR:
        return f"type({t.name}).max" + (f" - {below}" if below else "")
    if t.kind == "enum" and 0 <= value < len(t.members):
        return t.members[value]
    return f"0x{value:0{t.bits // 4}x}" if t.kind == "fixed_bytes" else str(value)
