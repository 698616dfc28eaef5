"""Ask whether a call that is promised to succeed can break what is promised of all states: then no contract keeps both.

The effects of a call are followed only where its clauses settle them (`changes`, the frame, `ensures g(k) == e`); of what is left open
nothing is said. The state before the call is any that satisfies the invariants, as it is for the proof.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from specs import formula as f
from specs import specification as s
from specs.contradiction import Finding
from specs.examples import Example, Search, find, search_of_call
from specs.formula import Expression
from specs.meaning import SENDER, THIS, Meaning, definitions, stored, terms_of, value_type
from specs.parse import expressions
from specs.positional import positional
from specs.render import full_name
from specs.solver import Answer, Translation, ask, conj, within
from specs.text import to_operand, to_text

#: One question to z3, and all of them.
EACH_S, ALL_S = 2.0, 30.0
FEW_BITS = 16  # keys of which a sum has so few parts that those which are read may be all


@dataclass(frozen=True, slots=True)
class _Case:
    """What would be wrong, and how one asks for it."""

    clause: str
    position: f.Position
    found: str
    expected: str
    search: Search


def findings(spec: s.Specification) -> tuple[Finding, ...]:
    """Return the promises of success that break another promise, each with an example.

    Raises: ToolCrashed when z3 cannot be asked.
    """
    cases = list(_cases(spec))
    answers: tuple[Answer, ...] = ask([c.search.queries[-1] for c in cases], each_s=EACH_S, time_s=ALL_S)
    broken = [c for c, a in zip(cases, answers, strict=True) if a.outcome == "sat"]
    return tuple(_finding(c, example) for c, example in zip(broken, find([c.search for c in broken]), strict=True))


def _finding(c: _Case, example: Example | None) -> Finding:
    such = f" (for instance {example})" if example is not None else ""
    return Finding("warning", c.clause, c.position, f"{c.found}{such}", c.expected)


def _cases(spec: s.Specification) -> Iterator[_Case]:
    placed = positional(spec)
    for written, fn in zip(spec.functions, placed.functions, strict=True):
        for shown, r in zip(written.clauses, fn.clauses, strict=True):
            if isinstance(shown, s.Reverts) and isinstance(r, s.Reverts) and r.error is not None and r.error.arguments:
                yield from _unmade(placed, fn, r, full_name(written, shown), shown)
        if fn.is_view or not _is_settled(fn):
            continue
        for shown, success in zip(written.clauses, fn.clauses, strict=True):
            if not isinstance(success, s.Succeeds) or success.mode == "never":
                continue
            name = full_name(written, shown)
            for lasting, c in zip(spec.clauses, placed.clauses, strict=True):
                if isinstance(c, s.Invariant | s.Transition):
                    yield from _breaking(placed, fn, success, c, name, shown.position, lasting.id)
            for changed, c in zip(written.clauses, fn.clauses, strict=True):
                if isinstance(changed, s.Changes) and isinstance(c, s.Changes):
                    for one, x in zip(changed.changes, c.changes, strict=True):
                        yield from _unfitting(placed, fn, success, c, x, name, shown.position, one)


def _breaking(
    spec: s.Specification, fn: s.Function, success: s.Succeeds, c: s.Invariant | s.Transition, name: str, at: f.Position, broken: str
) -> Iterator[_Case]:
    """A state that satisfies the invariants, and a call that must succeed there, after which a clause about all states is false."""
    t = Translation()
    m = Meaning(t, spec, fn, fn.clauses)
    must = [f"(not {t.holds(c.formula, 'post')})"]
    must += [x for own in fn.clauses if isinstance(own, s.Changes) for x in (m.claim(own),) if x is not None]
    pins = list(_pins(m))
    must += [fact for _, _, fact in pins]
    must += [m.ether(), *_before(m, success, c), *definitions(t, spec), *m.sums(), *definitions(t, spec), *m.frames()]
    settled = list(_settled(m, pins))
    if None in settled or (fn.pays_as_ensured and any(isinstance(x, f.Balance) for x in f.walk(c.formula))):
        return
    must += [x for x in settled if x is not None]
    must += [*t.definedness("pre"), *t.definedness("post")]
    if not t.exact:
        return
    yield _Case(
        name,
        at,
        f"it promises success to calls that break {broken}",
        "add a `reverts` for such calls; or, where no calls lead to such a state, an `invariant` that says so",
        search_of_call(t, spec, fn, c, must),
    )


def _unfitting(
    spec: s.Specification, fn: s.Function, success: s.Succeeds, c: s.Changes, x: s.Change, name: str, at: f.Position, written: s.Change
) -> Iterator[_Case]:
    """A call that must succeed, after which a value would be none of its type."""
    t = Translation()
    m = Meaning(t, spec, fn, fn.clauses)
    getter = spec.getter(x.location.getter)
    kind = value_type(getter)
    made = m.moved(x)
    must = [f"(not {within(made.text, kind)})", made.defined, *_before(m, success, c), *definitions(t, spec), *m.sums()]
    must += t.definedness("pre")
    if not t.exact or not kind.is_integer:
        return
    location = to_text(written.location)
    yield _Case(
        name,
        at,
        f"it promises success to calls after which {location} would not fit {kind.name}",
        f"add a `reverts` for such calls (`reverts full: {_limit(written, kind)}`), or an `invariant` that keeps {getter.name} from there",
        search_of_call(t, spec, fn, c, must),
    )


def _unmade(spec: s.Specification, fn: s.Function, r: s.Reverts, name: str, shown: s.Reverts) -> Iterator[_Case]:
    """A call that must revert with an error whose arguments have no value there, where no other clause allows another error."""
    assert r.error is not None and shown.error is not None
    t = Translation()
    m = Meaning(t, spec, fn, fn.clauses)
    must = [t.holds(r.formula, "pre"), m.paid_for(), f"(not {m.made(r.error)})", f"(not {m.ok})"]
    must += [f"(not {conj(t.holds(o.formula, 'pre'), m.made(o.error))})" for o in fn.clauses if isinstance(o, s.Reverts) and o is not r]
    must += [*_around(m, r), *definitions(t, spec), *m.sums(), *t.definedness("pre")]
    if t.exact:
        wide = next((to_operand(a, ">") for a, b in zip(shown.error.arguments, r.error.arguments, strict=True) if _is_computed(b)), "…")
        yield _Case(
            name,
            shown.position,
            f"an argument of {r.error.error.name} has no value that fits for some calls that must revert with it",
            f"add a `reverts` without an error for those (`reverts huge: {wide} > type(uint256).max`), or leave the argument out",
            search_of_call(t, spec, fn, r, must),
        )


def _is_computed(e: Expression) -> bool:
    return isinstance(e, f.Binary | f.Unary | f.Cast | f.Conditional)


def _limit(x: s.Change, kind: f.Type) -> str:
    location = to_text(x.location)
    if x.sign < 0:
        return f"{location} < {to_operand(x.amount, '<')}"
    return f"{location} + {to_operand(x.amount, '+')} > type({kind.name}).max"


def _before(m: Meaning, success: s.Succeeds, c: s.Clause) -> Iterator[str]:
    """Yield that the call is promised to succeed, in a state that satisfies invariants and assumptions, and does."""
    t = m.t
    yield from (m.ok, m.promised(success))
    yield f"(not (= {t.term(SENDER, 'pre').text} {t.term(THIS, 'pre').text}))"
    yield from (f"(not {t.holds(r.formula, 'pre')})" for r in m.clauses if isinstance(r, s.Reverts))
    yield from _around(m, c)


def _around(m: Meaning, c: s.Clause) -> Iterator[str]:
    """Yield invariants and assumptions, at the terms that the function's clauses mention."""
    t, spec, fn = m.t, m.spec, m.function
    exact, terms = t.exact, terms_of([c, *m.clauses], fn)
    there: tuple[s.Invariant, ...] = spec.environment.invariants if spec.environment is not None else ()
    facts: tuple[s.Invariant | s.Assume, ...] = (*spec.invariants, *spec.assumptions, *there)
    for known in facts:
        yield from m.instances(known.formula, "pre", terms)
    t.exact = exact


def _pins(m: Meaning) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Yield what `ensures` settles: a getter, its keys, and that it has that value."""
    for part in _ensured(m.clauses):
        for read in _given_a_value(part, _results(m.clauses)):
            if isinstance(read, f.Read):
                keys = tuple(m.t.term(k, "post").text for k in read.arguments)
                yield read.getter, keys, m.t.holds(part, "post")
            else:
                yield "", (), m.t.holds(part, "post")


def _ensured(clauses: Sequence[s.Clause]) -> Iterator[Expression]:
    for c in clauses:
        if isinstance(c, s.Ensures) and not isinstance(c.formula, f.Forall):
            yield from f.chain(c.formula, "&&")


def _results(clauses: Sequence[s.Clause]) -> frozenset[str]:
    """Return the results that `ensures` gives a value which is known before the call."""
    given = (x for part in _ensured(clauses) for x in _given_a_value(part, frozenset()))
    return frozenset(x.name for x in given if isinstance(x, f.Variable))


def _is_settled(fn: s.Function) -> bool:
    """Tell whether what a function changes and pays depends on no result that the contract may choose."""
    effects = (c for c in fn.clauses if isinstance(c, s.Changes | s.Modifies | s.Pays))
    named = {x.name for c in effects for e in expressions(c) for x in f.walk(e) if isinstance(x, f.Variable) and x.role == "result"}
    return named <= _results(fn.clauses)


def _given_a_value(part: Expression, results: frozenset[str]) -> Iterator[f.Read | f.Variable]:
    """Yield the getter or the result that a formula gives a value which is known before the call."""
    match part:
        case f.Read():
            sides: tuple[tuple[Expression, Expression | None], ...] = ((part, None),)
        case f.Unary(operator="!", operand=f.Read()):
            sides = ((part.operand, None),)
        case f.Binary(operator="==" | "<==>"):
            sides = ((part.left, part.right), (part.right, part.left))
        case _:
            sides = ()
    for given, value in sides:
        if value is not None and not _is_known_before(value, results):
            continue
        is_read = isinstance(given, f.Read) and all(_is_known_before(k, results) for k in given.arguments)
        if isinstance(given, f.Read | f.Variable) and (is_read or (isinstance(given, f.Variable) and given.role == "result")):
            yield given


def _is_known_before(e: Expression, results: frozenset[str]) -> bool:
    if isinstance(e, f.Old):
        return True
    if isinstance(e, f.Read | f.Sum | f.Balance | f.Sent) or (isinstance(e, f.Variable) and e.role == "result" and e.name not in results):
        return False
    return all(_is_known_before(x, results) for x in f.children(e))


def _settled(m: Meaning, pins: list[tuple[str, tuple[str, ...], str]]) -> Iterator[str | None]:
    """Yield that whatever is read after the call is settled; None where that cannot be said."""
    spec, t = m.spec, m.t
    for g, _, _ in t.sums("post"):
        if m.listed(spec.getter(g)) is None or spec.getter(g).parameters[-1].type.bits <= FEW_BITS:
            yield None
    for getter in stored(spec):
        locations = [x for c in m.clauses if isinstance(c, s.Modifies) for x in c.locations if x.getter == getter.signature]
        for keys, _ in t.reads(getter.signature, "post"):
            loose = ["true" if x.arguments is None else m.at(getter, x.arguments, keys) for x in locations]
            fixed = [conj("true", *(f"(= {a} {b})" for a, b in zip(keys, k, strict=True))) for g, k, _ in pins if g == getter.signature]
            if loose:
                yield f"(or (not (or {' '.join(loose)})) {' '.join(fixed)} false)"
