"""Compare two specifications clause by clause: is anything promised less?

A direction is claimed only where z3 showed the implication for all states, arguments and outcomes of a call: all that the one
specification promises of a function, with its invariants, implies the other's clause. Clauses of a function pull against each other
(`reverts` and `succeeds otherwise`), so each is held against all of them. An id belongs to the promise: reports, approvals and settings
speak of it, so an id that is gone, or that stands for something else, is never equal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal as Choice

from specs import specification as s
from specs.digest import normalise_rule
from specs.documentation import KINDS
from specs.formula import Read, walk
from specs.implication import ALWAYS, NEVER, NOBODY_KNOWS, Direction, Goal, Truth, reads, truth
from specs.meaning import stored, zero_after_deployment
from specs.parse import expressions_of_step
from specs.positional import positional
from specs.sanity import check
from specs.shape import Shape, shape
from specs.solver import ask

Relation = Choice["equal", "stronger", "weaker", "incomparable", "unknown"]
Clauses = Sequence[tuple[s.Clause, s.Clause]]  # as written, and with places for names
#: One question to z3, and all of a comparison.
EACH_S, ALL_S = 10.0, 240.0
GIVEN_IDS = re.compile(rf"(?:{'|'.join([*KINDS, 'unauthorised'])})\d*")
NOTES: dict[Relation, str] = {
    "equal": "",
    "stronger": "promises more than before",
    "weaker": "promises less than before",
    "incomparable": "promises something else: neither version implies the other",
    "unknown": "it was not found out which version promises more",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One promise in both versions; `old` or `new` is None where it is not there, or where no clause stands for it."""

    id: str
    kind: str
    relation: Relation
    note: str
    old: s.Clause | None = None
    new: s.Clause | None = None

    def __str__(self) -> str:
        return f"{self.id}: {self.relation}: {self.note}" if self.note else f"{self.id}: {self.relation}"


@dataclass(frozen=True, slots=True)
class Difference:
    """How a specification differs from an older one: a row for each clause, and for what has no clause only where it differs."""

    rows: tuple[Row, ...]

    @property
    def relation(self) -> Relation:
        return combine(row.relation for row in self.rows)

    @property
    def loses(self) -> tuple[Row, ...]:
        """Return the rows in which less may be promised than before."""
        return tuple(row for row in self.rows if row.relation not in {"equal", "stronger"})


def combine(relations: Iterable[Relation]) -> Relation:
    """Return the relation of a whole from those of its parts."""
    found = set(relations)
    if "unknown" in found:
        return "unknown"
    if "incomparable" in found or {"stronger", "weaker"} <= found:
        return "incomparable"
    return "weaker" if "weaker" in found else "stronger" if "stronger" in found else "equal"


def relate(kept: Truth, known: Truth) -> Relation:
    """Return a relation: `kept`, the new version implies the old clause; `known`, the old version implies the new one."""
    if kept == "yes":
        return "equal" if known == "yes" else "stronger"
    if kept == "no" and known != "unknown":
        return "weaker" if known == "yes" else "incomparable"
    return "unknown"


@dataclass(frozen=True, slots=True)
class Open:
    """A row with what decides it.

    `alone` are both clauses alone in both directions, where the id must still mean the same; `rest` shows that the old version said it
    twice, `others` that the new version says it without this clause; `settled`: the row says already how it is.
    """

    row: Row
    kept: Goal
    known: Goal
    alone: tuple[Goal, Goal] | None = None
    rest: Goal | None = None
    others: Goal | None = None
    settled: bool = False


def compare(old: s.Specification, new: s.Specification) -> Difference:
    """Return how `new` differs from `old`.

    Raises: ToolCrashed when z3 cannot be asked.
    """
    seen = shape(old, new)
    rows = [Row(x.what, "interface", x.relation, x.note) for x in seen.changes]
    if old.digest != new.digest:  # what contradicts itself implies everything
        wrong = (p for p in check(new) if p.severity == "error")
        rows += [Row(p.clause, "sanity", "unknown", f"the new version does not stand: {p.found}") for p in wrong]
    rows += _rules(old, new, seen)
    questions = tuple(_Pair(old, new, positional(old), positional(new), seen).questions())
    return Difference((*rows, *_decided(questions)))


def _rules(old: s.Specification, new: s.Specification, seen: Shape) -> Iterator[Row]:
    """Yield the rules: they are equal where they say the same word for word, of the same functions; no solver compares them."""
    before, after = ({r.name: r for r in spec.rules} for spec in (old, new))
    moved = {f.signature for f in (*seen.gone, *seen.added)} | seen.unsteady
    for name, r in before.items():
        other = after.get(name)
        if other is None:
            yield Row(name, "rule", "unknown", "the rule is gone, and it was not found out whether the rest says it")
        elif normalise_rule(r) != normalise_rule(other):
            yield Row(name, "rule", "unknown", "the rule reads otherwise now, and no solver compares rules")
        elif moved & {x.function for x in r.calls} or moved & {x.getter for x in _read_by(r)}:
            yield Row(name, "rule", "unknown", "it speaks of a function or a getter that is another one now")
        else:
            yield Row(name, "rule", "equal", "")
    yield from (Row(name, "rule", "stronger", "it is new") for name in after if name not in before)


def _read_by(r: s.Rule) -> Iterator[Read]:
    for step in r.steps:
        for e in expressions_of_step(step):
            yield from (x for x in walk(e) if isinstance(x, Read))


@dataclass(frozen=True, slots=True)
class _Pair:
    old: s.Specification
    new: s.Specification
    before: s.Specification  # the old one with places for names
    after: s.Specification
    seen: Shape

    @property
    def forth(self) -> Direction:
        """From the new promise to the old one: what shows that nothing is lost."""
        return Direction(self.after, self.before)

    @property
    def back(self) -> Direction:
        return Direction(self.before, self.after)

    def questions(self) -> Iterator[Open]:
        """Yield every row that takes reasoning."""
        old, new = _numbered(_general(self.old), _general(self.before)), _numbered(_general(self.new), _general(self.after))
        yield from self._clauses("", None, None, old, new)
        yield from self._zeroes()
        for a, b in self.seen.pairs:
            x, y = _same(self.before, a), _same(self.after, b)
            yield from self._clauses(f"{b.title}.", x, y, _numbered(a.clauses, x.clauses), _numbered(b.clauses, y.clauses))
            if not a.is_view:
                yield from self._frames(b.title, x, y)
        unpaired = [(a, True) for a in self.seen.gone] + [(b, False) for b in self.seen.added]
        for f, was in unpaired:
            for c in f.clauses:
                note = f"it belongs to {f.signature}, which {'is gone or has other types' if was else 'is new or has other types'}"
                row = Row(f"{f.title}.{c.id}", _kind(c), "unknown", note, c if was else None, None if was else c)
                yield Open(row, NEVER if was else ALWAYS, ALWAYS if was else NEVER)

    def _clauses(self, prefix: str, x: s.Function | None, y: s.Function | None, old: Clauses, new: Clauses) -> Iterator[Open]:
        """Yield the rows of one place; `x` and `y` are the function's versions."""
        after = {c.id: (shown, c) for shown, c in new}
        untouched = _payable(x) == _payable(y) and {c for _, c in old} == {c for _, c in new}
        kept = {c.id for _, c in old}
        for shown, c in old:
            other = next((d for _, d in new if d.id not in kept and replace(d, id=c.id) == c), None)
            if c.id not in after and other is not None and not GIVEN_IDS.fullmatch(c.id) and not isinstance(c, s.Assume):
                row = Row(f"{prefix}{c.id}", _kind(c), "incomparable", f"it is called {other.id} now", shown, after.pop(other.id)[0])
                yield Open(row, ALWAYS, ALWAYS, settled=True)
                continue
            shown_new, d = after.pop(c.id, (None, None))
            opened = self._open(prefix, x, y, (shown, c), (shown_new, d))
            says_itself = c == d and (untouched or _stands_alone(c) and _payable(x) == _payable(y))
            yield replace(opened, kept=ALWAYS, known=ALWAYS) if says_itself and opened.kept is not NOBODY_KNOWS else opened
        for shown_new, d in after.values():
            yield self._open(prefix, x, y, (None, None), (shown_new, d))

    def _open(
        self,
        prefix: str,
        x: s.Function | None,
        y: s.Function | None,
        old: tuple[s.Clause | None, s.Clause | None],
        new: tuple[s.Clause | None, s.Clause | None],
    ) -> Open:
        (shown, c), (shown_new, d) = old, new
        named = shown_new or shown
        assert named is not None
        row = Row(f"{prefix}{named.id}", _kind(named), "unknown", "", shown, shown_new)
        if any(e is not None and reads(e) & self.seen.unsteady for e in (c, d)):
            return Open(replace(row, note="it speaks of a getter that returns something else now"), NOBODY_KNOWS, NOBODY_KNOWS)
        if isinstance(c, s.Assume) or isinstance(d, s.Assume):
            return self._assumption(row, c, d)
        if isinstance(c, s.EnsuresStrictly) or isinstance(d, s.EnsuresStrictly):
            return self._strictly(row, c, d)
        kept, known = self._goal(self.forth, y, x, c), self._goal(self.back, x, y, d)
        if GIVEN_IDS.fullmatch(named.id) is not None or c is None or c == d:
            return Open(row, kept, known)
        rest = self._goal(Direction(_without(self.before, c), self.before), _less(x, c), x, c)
        if d is None:
            return Open(row, kept, known, rest=rest)
        alone = (self.forth.alone(y, x, c, d), self.back.alone(x, y, d, c))
        others = self._goal(Direction(_without(self.after, d), self.before), _less(y, d), x, c)
        return Open(row, kept, known, alone, rest, others)

    def _strictly(self, row: Row, c: s.Clause | None, d: s.Clause | None) -> Open:
        """What holds whatever strangers do is equal only where it reads the same: other clauses speak of passive strangers."""
        if c is None:
            return Open(row, ALWAYS, NEVER)
        if c == d:
            return Open(row, ALWAYS, ALWAYS)
        note = "no solver compares what holds whatever strangers do"
        return Open(replace(row, note=note), NOBODY_KNOWS, NOBODY_KNOWS)

    def _assumption(self, row: Row, c: s.Clause | None, d: s.Clause | None) -> Open:
        """An assumption takes nothing away where the old ones imply it."""
        if not isinstance(c, s.Assume | None) or not isinstance(d, s.Assume | None):
            return Open(replace(row, note="it was assumed, or is assumed now"), NOBODY_KNOWS, NOBODY_KNOWS)
        kept = ALWAYS if d is None else self.back.assumption(d)
        return Open(row, kept, ALWAYS if c is None else self.forth.assumption(c))

    def _goal(self, direction: Direction, given: s.Function | None, taken: s.Function | None, c: s.Clause | None) -> Goal:
        match c:
            case None | s.Modifies():
                return ALWAYS  # what a frame lists is compared getter by getter
            case s.Invariant():
                return direction.invariant(c)
            case s.Transition():
                return direction.transition(c)
            case _:
                return direction.clause(given, taken, c)

    def _zeroes(self) -> Iterator[Open]:
        old, new = zero_after_deployment(self.before), zero_after_deployment(self.after)
        for signature in sorted(old | new):
            kept = self._getter(self.forth, signature, signature in old)
            known = self._getter(self.back, signature, signature in new)
            yield Open(Row(f"constructor.frame({signature.split('(')[0]})", "frame", "unknown", ""), kept, known)

    def _getter(self, direction: Direction, signature: str, asked: bool) -> Goal:
        if not asked:
            return ALWAYS
        if signature in self.seen.unsteady:
            return NOBODY_KNOWS
        return direction.empty(direction.taker.getter(signature))

    def _frames(self, title: str, x: s.Function, y: s.Function) -> Iterator[Open]:
        """Yield what a function leaves alone and whom it pays, for getters that both have."""
        old, new = ({g.signature: g for g in stored(spec)} for spec in (self.before, self.after))
        before, after = ({f.signature for f in (*spec.functions, *spec.readable)} for spec in (self.before, self.after))
        common = before & after
        for signature in sorted((set(old) | set(new)) & common):
            if signature in old and signature in new and _listed(x, signature) == _listed(y, signature):
                continue
            row = Row(f"{title}.frame({signature.split('(')[0]})", "frame", "unknown", "")
            if signature in self.seen.unsteady:
                yield Open(row, NOBODY_KNOWS, NOBODY_KNOWS)
                continue
            kept = self.forth.frame(y, x, old[signature]) if signature in old else ALWAYS
            yield Open(row, kept, self.back.frame(x, y, new[signature]) if signature in new else ALWAYS)
        if any(isinstance(c, s.Pays) for c in (*x.clauses, *y.clauses)) or x.pays_as_ensured != y.pays_as_ensured:
            yield Open(Row(f"{title}.pays", "payments", "unknown", ""), self.forth.paid(y, x), self.back.paid(x, y))


def _stands_alone(c: s.Clause) -> bool:
    """Tell whether a clause means the same whatever stands beside it."""
    if isinstance(c, s.Reverts):
        return c.error is None
    return isinstance(c, s.Ensures | s.Invariant | s.Transition | s.Initially | s.Deployable | s.Undeployable)


def _payable(f: s.Function | None) -> bool:
    return f is not None and f.payable


def _numbered(shown: Sequence[s.Clause], placed: Sequence[s.Clause]) -> Clauses:
    return tuple(zip(shown, placed, strict=True))


def _general(spec: s.Specification) -> tuple[s.Clause, ...]:
    """Return the clauses of the interface and the deployment; they share their ids. The environment is part of the interface's shape."""
    return (*(c for c in spec.clauses if not isinstance(c, s.Environment)), *spec.constructor.clauses)


def _same(spec: s.Specification, f: s.Function) -> s.Function:
    return next(x for x in spec.functions if x.signature == f.signature)


def _kind(c: s.Clause) -> str:
    return "only" if isinstance(c, s.Reverts) and c.only else type(c).__name__.lower()


def _without(spec: s.Specification, c: s.Clause) -> s.Specification:
    """Return a specification without one clause of the interface or the deployment."""
    constructor = replace(spec.constructor, clauses=tuple(x for x in spec.constructor.clauses if x is not c))
    return replace(spec, clauses=tuple(x for x in spec.clauses if x is not c), constructor=constructor)


def _less(f: s.Function | None, c: s.Clause) -> s.Function | None:
    return f and replace(f, clauses=tuple(x for x in f.clauses if x is not c))


def _listed(f: s.Function, getter: str) -> frozenset[object]:
    """Return the keys at which a function may change a getter."""
    listed = {x.arguments for c in f.clauses if isinstance(c, s.Modifies) for x in c.locations if x.getter == getter}
    return frozenset(
        listed | {x.location.arguments for c in f.clauses if isinstance(c, s.Changes) for x in c.changes if x.location.getter == getter}
    )


# ---------------------------------------------------------------- what is answered


def _decided(questions: Sequence[Open]) -> Iterator[Row]:
    goals = [g for q in questions for g in (q.kept, q.known, *(q.alone or ()), q.rest, q.others) if g is not None]
    asked = {id(i): i for g in goals for alternative in g.alternatives for i in alternative if i is not None}
    answers = ask([i.query for i in asked.values()], each_s=EACH_S, time_s=ALL_S)
    found = {key: i.read(a) for (key, i), a in zip(asked.items(), answers, strict=True)}
    for q in questions:
        row = _row(q, found)
        if row.relation != "equal" or row.kind not in {"frame", "payments", "modifies"}:
            yield row


def _row(q: Open, found: dict[int, Truth]) -> Row:
    if q.settled:
        return q.row
    relation = relate(truth(q.kept, found), truth(q.known, found))
    note = q.row.note or _note(q.row, relation)
    if relation in {"equal", "stronger"} and (lost := _lost_id(q, found)):
        relation, note = "incomparable", lost
    return replace(q.row, relation=relation, note=note)


def _lost_id(q: Open, found: dict[int, Truth]) -> str:
    """Say how an id does not stand for its promise any more, although the new version as a whole says it; "" where it does.

    Where a clause was split, the part that keeps the id is needed for the whole. Where it is not, others say everything, and the id
    stands for less than whoever reads it believes.
    """
    twice = q.rest is not None and truth(q.rest, found) == "yes"
    if q.alone is None:
        return "" if q.rest is None or twice else "the id is gone; what it said follows from other clauses now"
    same, less = (truth(g, found) for g in q.alone)
    if "yes" not in {same, less}:
        return "the id stands for another promise now"
    needed = q.others is not None and truth(q.others, found) == "no"
    return "" if same == "yes" or twice or needed else "the id stands for less now; what it said follows from other clauses"


def _note(row: Row, relation: Relation) -> str:
    """Say what a relation means where a clause, an assumption or nothing stands on one side."""
    said: dict[Relation, str] = {}
    if row.kind == "assume":
        said = {"weaker": "more is assumed than before", "stronger": "less is assumed than before"}
    elif row.old is not None and row.new is None:
        said = {"equal": "it is gone, and follows from the rest", "weaker": "it is gone, and nothing else says it"}
        said |= {"unknown": "it is gone, and it was not found out whether the rest says it"}
    elif row.old is None and row.new is not None:
        said = {"equal": "it is new, and followed from the rest before", "stronger": "it is new"}
    return said.get(relation, NOTES[relation])
