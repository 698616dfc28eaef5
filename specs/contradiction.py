"""Ask whether clauses can hold: each one alone, and those together that must be able to hold together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal as Choice

from specs import formula as f
from specs import specification as s
from specs.formula import UINT256, Expression, Position, World
from specs.meaning import Meaning
from specs.parse import expressions
from specs.render import full_name
from specs.solver import Answer, Query, State, Translation, conj

BOTH: tuple[State, State] = ("pre", "post")
OF_DEPLOYMENT = "what is zero after deployment"
PAID = "what is paid (`pays`)"
FRAME = "the frame (`changes`, `modifies`)"


@dataclass(frozen=True, slots=True)
class Finding:
    """What an answer means, for specs.sanity."""

    severity: Choice["error", "warning"]
    clause: str
    position: Position
    found: str
    expected: str


@dataclass(frozen=True, slots=True)
class Question:
    """A query, and what each answer means (None: nothing)."""

    query: Query
    judge: Callable[[Answer], Finding | None]


def questions(specification: s.Specification) -> Iterator[Question]:
    """Yield all questions about a specification."""
    for function, clause, formula in _formulas(specification):
        yield from _alone(function, clause, formula)
    for rule in specification.rules:
        for step in rule.steps:
            if isinstance(step, s.Given | s.Claimed):
                yield from _in_rule(rule, step)
    yield from _invariants(specification)
    yield from _deployment(specification)
    for function in specification.functions:
        yield from _reverting(specification, function)
    for function in specification.entries:
        if not any(isinstance(c, s.Succeeds) and c.mode == "never" for c in function.clauses):
            yield _promises(specification, function)


def _formulas(spec: s.Specification) -> Iterator[tuple[s.Function | None, s.Clause, Expression]]:
    for function, clauses in ((None, (*spec.constructor.clauses, *spec.clauses)), *((x, x.clauses) for x in spec.functions)):
        for c in clauses:
            match c:
                case s.Pays() | s.Emits():
                    if c.when is not None:
                        yield function, c, c.when
                case s.Succeeds():
                    if c.formula is not None:
                        yield function, c, c.formula
                case s.Changes() | s.Modifies() | s.Equals():
                    continue  # no formula that must hold
                case (
                    s.Initially()
                    | s.Deployable()
                    | s.Undeployable()
                    | s.Invariant()
                    | s.Transition()
                    | s.Assume()
                    | s.Reverts()
                    | s.Ensures()
                ):
                    yield function, c, c.formula


def _alone(function: s.Function | None, clause: s.Clause, formula: Expression) -> Iterator[Question]:
    taken = function is not None and function.took_over(clause)
    if taken and not isinstance(clause, s.Succeeds | s.Ensures):
        return  # with these arguments a case of the other function need not come up
    what = "its condition" if isinstance(clause, s.Pays | s.Emits) else "it"
    saying = s.Initially | s.Invariant | s.Transition | s.Ensures | s.Assume | s.Pays | s.Emits
    says = not taken and isinstance(clause, saying)
    yield from _by_itself(full_name(function, clause), clause.position, formula, _state(clause), (what, "the formula"), says=says)


def _in_rule(rule: s.Rule, step: s.Given | s.Claimed) -> Iterator[Question]:
    says = isinstance(step, s.Claimed)
    yield from _by_itself(rule.name, step.position, step.formula, "pre", ("claim(…)" if says else "given(…)", "it"), says=says)


def _by_itself(
    name: str, position: Position, formula: Expression, state: State, words: tuple[str, str], *, says: bool
) -> Iterator[Question]:
    """Ask whether a formula can hold, and where it `says` something, whether it can be broken; `words`: what it is, what to correct."""
    possible, trivial = Translation(), Translation()
    possible.claim(name, formula, state)
    trivial.refute(name, formula, state)
    what, wrong = words
    never = Finding("error", name, position, f"{what} can never hold", f"correct {wrong}: arithmetic is exact, and types bound every value")
    yield Question(possible.query(), lambda a: never if a.outcome == "unsat" else None)
    if says:
        found = f"{what} is true by its types alone: it says nothing"
        empty = Finding("warning", name, position, found, "leave it out, or say what is meant")
        yield Question(trivial.query(), lambda a: empty if a.outcome == "unsat" else None)


def _state(clause: s.Clause) -> State:
    return "post" if isinstance(clause, s.Ensures | s.Transition) else "pre"


def _invariants(spec: s.Specification) -> Iterator[Question]:
    t = Translation()
    hypotheses(t, spec, "pre")
    if len(t.named) > 1:
        alone = {frozenset({name}) for name in t.named}
        yield Question(t.query(), lambda a: None if set(a.core) in alone else _clash(spec, None, a, "cannot all hold"))


def _premises(spec: s.Specification) -> set[str]:
    return {c.id for c in (*spec.invariants, *spec.assumptions)}


def hypotheses(t: Translation, spec: s.Specification, state: State) -> None:
    """Assert the invariants and the assumptions."""
    for i in spec.invariants:
        t.claim(i.id, i.formula, state)
    for a in spec.assumptions:
        t.claim(a.id, a.formula, state)


def _deployment(spec: s.Specification) -> Iterator[Question]:
    undeployable = [c for c in spec.constructor.clauses if isinstance(c, s.Undeployable)]
    initially = [c for c in spec.constructor.clauses if isinstance(c, s.Initially)]
    if undeployable:
        t = Translation()
        for u in undeployable:
            t.deny(u.id, u.formula)
        yield Question(t.query(), lambda a: _clash(spec, None, a, "together refuse every deployment"))
        for d in (c for c in spec.constructor.clauses if isinstance(c, s.Deployable)):
            for u in undeployable:
                yield _conflict(None, d, d.formula, u, u.formula, Translation(), "a deployment of which both speak must succeed and revert")
    if initially:
        t = Translation()
        hypotheses(t, spec, "pre")
        for i in initially:
            t.claim(i.id, i.formula)
        for u in undeployable:
            t.deny(u.id, u.formula)
        _zeroes(t, spec)
        known = {u.id for u in undeployable} | _premises(spec)
        yield Question(t.query(), lambda a: _clash(spec, None, a, "cannot all hold right after deployment", known))


def _zeroes(t: Translation, spec: s.Specification) -> None:
    """Assert the constructor's frame for the keys that the formulas mention: zero but where `modifies` lists a key."""
    locations = [x for c in spec.constructor.clauses if isinstance(c, s.Modifies) for x in c.locations]
    everywhere = {x.getter for x in locations if x.arguments is None}
    framed = ({g for g, _, _ in t.sums("pre")} | {x.getter for x in locations}) - everywhere
    facts = []
    for getter in sorted(framed):
        listed = [tuple(t.term(k, "pre").text for k in x.arguments or ()) for x in locations if x.getter == getter]
        for keys, read in t.reads(getter, "pre"):
            equal = [_all_equal(keys, known) for known in listed]
            kind = spec.getter(getter).returns[0].type.kind if len(spec.getter(getter).returns) == 1 else ""
            zero = (
                f"(not {read})" if kind == "bool" else f"(= {read} 0)" if kind not in {"string", "bytes", "array", "struct", ""} else "true"
            )
            facts.append(f"(or {' '.join([*equal, zero])})")
        if not listed:
            facts += [f"(= {total} 0)" for g, _, total in t.sums("pre") if g == getter]
    if facts:
        t.add(OF_DEPLOYMENT, f"(and true {' '.join(facts)})")


def _all_equal(a: tuple[str, ...], b: tuple[str, ...]) -> str:
    return f"(and true {' '.join(f'(= {x} {y})' for x, y in zip(a, b, strict=True))})"


def _reverting(spec: s.Specification, function: s.Function) -> Iterator[Question]:
    reverts = [c for c in function.clauses if isinstance(c, s.Reverts)]
    successes = [c for c in function.clauses if isinstance(c, s.Succeeds)]
    for promised in successes:
        if promised.formula is None:
            continue
        for r in reverts:
            t = Translation()
            hypotheses(t, spec, "pre")
            yield _conflict(function, promised, promised.formula, r, r.formula, t, "a call of which both speak must succeed and revert")
    if reverts and not any(c.mode == "never" for c in successes):
        t = _no_revert(spec, function, reverts, answered=_always_answered(spec, reverts))
        if not t.exact:
            t = _no_revert(spec, function, reverts, answered=False)
        yield Question(t.query(), lambda a: _clash(spec, function, a, f"together leave no case in which {function.title} can succeed"))


def _no_revert(spec: s.Specification, function: s.Function, reverts: Sequence[s.Reverts], *, answered: bool) -> Translation:
    """Assert that no `reverts` clause applies to a call; `answered`: every getter in them has a value."""
    t = Translation()
    hypotheses(t, spec, "pre")
    unpaid(t, function)
    for r in reverts:
        (t.refute if answered else t.deny)(full_name(function, r), r.formula)
    return t


def _always_answered(spec: s.Specification, clauses: Sequence[s.Reverts]) -> bool:
    """Tell whether nothing says that a getter in these clauses may revert: then nobody means the case in which it does."""
    everywhere = (*spec.clauses, *spec.constructor.clauses, *(c for function in spec.functions for c in function.clauses))
    asked = (x for c in everywhere for e in expressions(c) for x in f.walk(e) if isinstance(x, f.Defined))
    unsure = {x.getter for d in asked for x in f.walk(d) if isinstance(x, f.Read)}
    unsure |= {g.signature for g in spec.getters if any(isinstance(c, s.Reverts | s.Equals) for c in g.clauses)}
    return not any(isinstance(x, f.Read) and x.getter in unsure for c in clauses for x in f.walk(c.formula))


def unpaid(t: Translation, function: s.Function) -> None:
    """Assert that a function that is not payable gets no ether: with ether it reverts anyhow."""
    if not function.payable:
        value = t.term(World(UINT256, function.position, "msg.value"), "pre").text
        t.add(_no_value(function), f"(= {value} 0)")


def _no_value(function: s.Function) -> str:
    return f"{function.title} is not payable"


def _conflict(
    function: s.Function | None, first: s.Clause, one: Expression, second: s.Clause, other: Expression, t: Translation, found: str
) -> Question:
    t.claim(full_name(function, first), one)
    t.claim(full_name(function, second), other)
    query = t.query()
    name, against = full_name(function, first), full_name(function, second)
    finding = Finding(
        "error" if query.exact else "warning",
        name,
        first.position,
        f"it contradicts {against}: {found}",
        f"exclude the case of {against} from it, or write `succeeds otherwise`" if function else f"exclude the case of {against} from it",
    )
    return Question(query, lambda a: finding if a.outcome == "sat" else None)


def _promises(spec: s.Specification, function: s.Function) -> Question:
    """Ask whether any call can meet all that is promised of its success: a promise about what the frame forbids to change shows here."""
    t = Translation()
    hypotheses(t, spec, "pre")
    unpaid(t, function)
    for i in spec.invariants:
        t.claim(f"{i.id} after {function.title}", i.formula, "post")
    for tr in spec.transitions:
        t.claim(tr.id, tr.formula, "post")
    for c in function.clauses:
        name = full_name(function, c)
        if isinstance(c, s.Ensures):
            t.claim(name, c.formula, "post")
        if isinstance(c, s.Reverts):
            t.deny(name, c.formula)
    frame = [*_changed(t, function), *_unchanged(t, spec, function)]
    if frame:
        t.add(FRAME, f"(and true {' '.join(frame)})")
    if t.payees and not function.pays_as_ensured:
        m = Meaning(t, spec, function, function.clauses)
        t.add(PAID, conj("true", m.ok, *(m.paid(who) for who in tuple(t.payees))))
    known = {full_name(function, c) for c in function.clauses if isinstance(c, s.Reverts)} | _premises(spec) | {_no_value(function)}
    return Question(
        t.query(), lambda a: _clash(spec, function, a, f"cannot all be kept by a call of {function.title} that succeeds", known)
    )


def _changed(t: Translation, function: s.Function) -> Iterator[str]:
    changes = [x for c in function.clauses if isinstance(c, s.Changes) for x in c.changes]
    for x in changes:
        keys = tuple(t.term(k, "pre").text for k in x.location.arguments)
        before = t.term(x.location, "pre").text
        sorts = [a.type for a in x.location.arguments]
        after = t.value_at(x.location.getter, keys, sorts, x.location.type, "post").text
        terms = []
        for y in changes:
            if y.location.getter == x.location.getter:
                same = _all_equal(keys, tuple(t.term(k, "pre").text for k in y.location.arguments))
                amount = t.term(y.amount, "pre").text
                terms.append(f"(ite {same} {amount if y.sign > 0 else f'(- {amount})'} 0)")
        yield f"(= {after} (+ {before} {' '.join(terms)}))"


def _unchanged(t: Translation, spec: s.Specification, function: s.Function) -> Iterator[str]:
    locations = [x for c in function.clauses if isinstance(c, s.Modifies) for x in c.locations]
    changes = [x.location for c in function.clauses if isinstance(c, s.Changes) for x in c.changes]
    for getter in spec.readable:
        stored = not any(isinstance(c, s.Equals) for c in getter.clauses) and len(getter.returns) == 1
        if not stored or any(x.getter == getter.signature and x.arguments is None for x in locations):
            continue
        listed = [tuple(t.term(k, "pre").text for k in x.arguments or ()) for x in locations if x.getter == getter.signature]
        listed += [tuple(t.term(k, "pre").text for k in x.arguments) for x in changes if x.getter == getter.signature]
        sorts, kind = [p.type for p in getter.parameters], getter.returns[0].type
        for keys, _ in t.reads(getter.signature, "post"):
            before, after = (t.value_at(getter.signature, keys, sorts, kind, state) for state in BOTH)
            same = f"(and (= {after.text} {before.text}) (= {after.defined} {before.defined}))"
            yield f"(or {' '.join(_all_equal(keys, known) for known in listed)} {same})"


def _clash(spec: s.Specification, function: s.Function | None, a: Answer, found: str, known: set[str] | None = None) -> Finding | None:
    """Return what an unsat core means.

    `known` are assertions whose clash among themselves another question finds, as it does for one clause alone.
    """
    if a.outcome != "unsat" or (known is not None and (set(a.core) <= known or (len(a.core) == 1 and a.core[0] != FRAME))):
        return None
    clauses = {full_name(None, c): c for c in (*spec.constructor.clauses, *spec.clauses)}
    if function:
        clauses |= {full_name(function, c): c for c in function.clauses}
    named = [(n, clauses[n.split(" after ")[0]]) for n in a.core if n.split(" after ")[0] in clauses]
    subject = named[-1][0].split(" after ")[0] if named else function.title if function else spec.name
    position = named[-1][1].position if named else function.position if function else Position(0, 0)
    names = list(a.core)
    together = " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    return Finding("error", subject, position, f"{together} {found}", "correct one of them")
