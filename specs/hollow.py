"""Ask for clauses that add nothing: implied by others of their kind, with a left side that cannot hold, or true of the empty state only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from specs import formula as f
from specs import specification as s
from specs.contradiction import Finding, Question, hypotheses, unpaid
from specs.formula import Expression
from specs.meaning import NOWHERE, THIS, Meaning, terms_of
from specs.positional import positional
from specs.render import full_name
from specs.solver import Answer, State, Translation
from specs.text import to_text

Formula = s.Invariant | s.Transition | s.Initially | s.Ensures | s.Reverts
#: Kinds of which one clause may be implied by others; those of different kinds say the same at different moments.
KINDS: tuple[type[Formula], ...] = (s.Invariant, s.Transition, s.Initially, s.Ensures, s.Reverts)
FORTUNE = 2**100  # wei; more than anybody means by a small amount


def questions(spec: s.Specification) -> Iterator[Question]:
    """Yield the questions about clauses that may add nothing."""
    places: list[tuple[s.Function | None, Sequence[s.Clause]]] = [(None, (*spec.clauses, *spec.constructor.clauses))]
    places += [(fn, fn.clauses) for fn in spec.functions]
    for function, clauses in places:
        for kind in KINDS:
            alike = [c for c in clauses if isinstance(c, kind)]
            for i, one in enumerate(alike):
                if function is None or not function.took_over(one):
                    yield from _implied(function, one, alike[:i] + alike[i + 1 :])
        for c in clauses:
            if function is not None and function.took_over(c):
                continue  # with these arguments it may say nothing
            yield from _left_side(spec, function, c)
            if function is not None and isinstance(c, s.Reverts):
                yield _unmet(spec, function, c)
    for fn, placed in zip(spec.functions, positional(spec).functions, strict=True):
        if fn.pays_as_ensured:
            yield _unbounded(spec, fn, placed)
    yield from _empty(spec)


def _implied(function: s.Function | None, c: Formula, others: Sequence[Formula]) -> Iterator[Question]:
    """A clause follows from others of its kind; a `reverts` follows from one with the same error, or where it names none."""
    state: State = "post" if isinstance(c, s.Ensures | s.Transition) else "pre"
    if isinstance(c, s.Reverts):
        others = [o for o in others if isinstance(o, s.Reverts) and (c.error is None or _named(o) == _named(c))]
    if isinstance(c, s.EnsuresStrictly):
        others = [o for o in others if isinstance(o, s.EnsuresStrictly)]
    if not others or isinstance(c.formula, f.Forall):
        return
    t = Translation()
    if isinstance(c, s.Reverts):
        t.claim("it", c.formula, state)
        for o in others:
            t.deny(full_name(function, o), o.formula, state)
    else:
        for o in others:
            t.claim(full_name(function, o), o.formula, state)
        t.deny("it", c.formula, state)

    def judge(a: Answer) -> Finding | None:
        names = [n for n in a.core if n != "it"]
        if a.outcome != "unsat" or not names or "it" not in a.core:
            return None  # the others contradict each other, or it says nothing: other questions find that
        found = f"it follows from {' and '.join(names)}: it adds nothing"
        return Finding("warning", full_name(function, c), c.position, found, "leave it out, or say what it was meant to add")

    yield Question(t.query(), judge)


def _unbounded(spec: s.Specification, written: s.Function, fn: s.Function) -> Question:
    """Somebody whom no clause names, and of whom no getter says anything, may be sent a fortune."""
    t = Translation()
    m = Meaning(t, spec, fn, fn.clauses)
    somebody = f.Variable(f.ADDRESS, NOWHERE, "somebody", "bound")
    who = t.term(somebody, "pre").text
    fortune = f"(>= {t.sent(who)} {FORTUNE})"
    facts = [*m.facts((somebody, *terms_of(fn.clauses, fn)), (), logs=False), m.ether()]
    others = [*t.payees, *(t.term(x, "pre").text for x in terms_of(fn.clauses, fn) if x.type == f.ADDRESS), t.term(THIS, "pre").text]
    facts += [f"(not (= {who} {x}))" for x in dict.fromkeys(others) if x != who]
    both: tuple[State, State] = ("pre", "post")
    for getter in spec.readable:
        if len(getter.returns) == 1 and getter.returns[0].type.kind in {"uint", "int", "bool"}:
            nothing = "false" if getter.returns[0].type.kind == "bool" else "0"
            read = (text for state in both for keys, text in t.reads(getter.signature, state) if who in keys)
            facts += [f"(= {text} {nothing})" for text in read]
    t.add("it", f"(and {m.ok} {fortune} {' '.join(facts)})")
    first = next(c for c in written.clauses if isinstance(c, s.Ensures) and any(isinstance(x, f.Sent) for x in f.walk(c.formula)))
    finding = Finding(
        "warning",
        written.title,
        first.position,
        "nothing bounds what it sends to others: where clauses speak of sent(…), no `pays` says that nobody else is paid",
        "add `ensures only: forall (address a) a != msg.sender ==> sent(a) == 0`, with whom you mean; "
        f"or say with `pays` all that {written.title} sends",
    )
    return Question(t.query(), lambda a: finding if a.outcome == "sat" else None)


def _named(c: s.Reverts) -> object:
    return None if c.error is None else (c.error.error.signature, tuple(map(to_text, c.error.arguments)))


def _left_side(spec: s.Specification, function: s.Function | None, c: s.Clause) -> Iterator[Question]:
    """The left side of an implication can hold in some state that keeps the invariants."""
    if not isinstance(c, s.Invariant | s.Transition | s.Initially | s.Ensures):
        return
    formula = c.formula.body if isinstance(c.formula, f.Forall) else c.formula
    for part in f.chain(formula, "&&"):
        if isinstance(part, f.Binary) and part.operator == "==>" and not isinstance(part.left, f.Literal):
            t = Translation()
            state: State = "post" if isinstance(c, s.Ensures | s.Transition) else "pre"
            if not isinstance(c, s.Invariant | s.Initially):
                hypotheses(t, spec, "pre")
                for i in spec.invariants:
                    t.claim(f"{i.id} afterwards", i.formula, "post")
            if function is not None and not function.is_view:
                unpaid(t, function)
            if function is not None and isinstance(c, s.Ensures):  # it speaks of calls that succeed
                for r in function.clauses:
                    if isinstance(r, s.Reverts):
                        t.deny(full_name(function, r), r.formula)
            t.claim("left", part.left, state)
            yield Question(t.query(), partial(_dead, full_name(function, c), part.left))


def _unmet(spec: s.Specification, function: s.Function, c: s.Reverts) -> Question:
    """The condition of a `reverts` can hold in some state that keeps the invariants."""
    t = Translation()
    hypotheses(t, spec, "pre")
    t.claim("it", c.formula)

    def judge(a: Answer) -> Finding | None:
        names = [n for n in a.core if n != "it"]
        if a.outcome != "unsat" or "it" not in a.core or not names:
            return None  # it never holds at all, or the others contradict each other: other questions find that
        found = f"its condition never holds where {' and '.join(names)} hold{'s' if len(names) == 1 else ''}: it asks for nothing"
        return Finding("warning", full_name(function, c), c.position, found, "leave it out, or correct the condition")

    return Question(t.query(), judge)


def _dead(name: str, left: Expression, a: Answer) -> Finding | None:
    if a.outcome != "unsat" or "left" not in a.core:
        return None
    found = f"`{to_text(left)}` can never hold, so that what stands behind it is never demanded"
    return Finding(
        "error", name, left.position, found, "correct the condition: arithmetic is exact, types bound every value, invariants hold"
    )


def _empty(spec: s.Specification) -> Iterator[Question]:
    """Some state keeps the invariants in which a number that they speak of is not zero; others move those of an environment."""
    own = {g.signature for g in spec.getters}
    read = [
        x for i in spec.invariants for x in f.walk(i.formula) if isinstance(x, f.Read | f.Sum) and x.type.is_integer and x.getter in own
    ]
    if not read:
        return
    t = Translation()
    hypotheses(t, spec, "pre")
    values = dict.fromkeys(t.term(x, "pre").text for x in read)
    t.add("something is there", f"(or {' '.join(f'(not (= {v} 0))' for v in values)} false)")
    last = spec.invariants[-1]
    names = " and ".join(dict.fromkeys(x.name for x in read))
    finding = Finding(
        "warning",
        last.id,
        last.position,
        f"only the empty state keeps all invariants: {names} must be 0 for ever",
        "correct the invariants: no function could ever move these numbers",
    )
    yield Question(t.query(), lambda a: finding if a.outcome == "unsat" and "something is there" in a.core else None)
