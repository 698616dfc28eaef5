"""Ask whether all that one specification promises implies one claim of another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal as Choice

from specs import formula as f
from specs import specification as s
from specs.formula import Expression
from specs.meaning import PAYEE, Meaning, definitions, fresh_keys, terms_of
from specs.parse import expressions
from specs.solver import Answer, Query, State, Translation

Truth = Choice["yes", "no", "unknown"]


@dataclass(frozen=True, slots=True)
class Implication:
    """*Unsat* of the query means that the claim follows."""

    query: Query
    exact: bool

    def read(self, answer: Answer) -> Truth:
        """Return what an answer means: a model counts only where nothing in the query is less than what is promised."""
        if answer.outcome == "unsat":
            return "yes"
        return "no" if answer.outcome == "sat" and self.exact else "unknown"


@dataclass(frozen=True, slots=True)
class Goal:
    """Implications that show something: one of the alternatives as a whole. None is an implication that nobody can state."""

    alternatives: tuple[tuple[Implication | None, ...], ...]


ALWAYS, NEVER, NOBODY_KNOWS = Goal(((),)), Goal(()), Goal(((None,),))


@dataclass(frozen=True, slots=True)
class Direction:
    """From `giver`, what is promised, to `taker`, of which something is asked; parameters of both are positional."""

    giver: s.Specification
    taker: s.Specification

    # ------------------------------------------------------------ of a call

    def clause(self, given: s.Function | None, taken: s.Function | None, c: s.Clause) -> Goal:
        """Return what shows a clause of a function, or (None) of the deployment."""
        return self._of_call(given, taken, (c,), lambda m: m.claim(c))

    def frame(self, given: s.Function, taken: s.Function, getter: s.Function) -> Goal:
        """Return what shows that a getter stays as it is wherever the taker's function lists nothing."""
        keys = fresh_keys(getter)
        return self._of_call(given, taken, taken.clauses, lambda m: m.frame(getter, [m.t.term(k, "pre").text for k in keys]), keys)

    def empty(self, getter: s.Function) -> Goal:
        """Return what shows that a getter is zero after deployment wherever the taker lists nothing."""
        keys = fresh_keys(getter)
        clauses = self.taker.constructor.clauses
        return self._of_call(None, None, clauses, lambda m: m.empty(getter, [m.t.term(k, "pre").text for k in keys]), keys)

    def paid(self, given: s.Function, taken: s.Function) -> Goal:
        """Return what shows that an arbitrary address is sent what the taker's function promises, and no more."""
        return self._of_call(given, taken, taken.clauses, lambda m: m.paid(m.t.term(PAYEE, "pre").text))

    def transition(self, c: s.Transition) -> Goal:
        """Return what shows a transition: those of the giver alone, or each of its functions."""
        alone = self._transition(None, c)
        each = tuple(self._transition(fn, c) for fn in self.giver.entries)
        return Goal(((alone,), each) if each else ((alone,),))

    def _transition(self, given: s.Function | None, c: s.Transition) -> Implication:
        t = Translation()
        m = Meaning(t, self.giver, given, given.clauses if given else ())
        claim = t.holds(c.formula, "post")
        terms = terms_of([c, *m.clauses], given)
        facts = [x for tr in self.giver.transitions for x in m.instances(tr.formula, "post", terms)]
        facts += [x for a in (*self.giver.assumptions, *self.taker.assumptions) for x in m.instances(a.formula, "pre", terms)]
        if given is not None:
            facts += [m.ok, *m.facts(terms, (), logs=False), *self._around(m, terms)]
            facts += [*definitions(t, self.giver), *m.frames(), *m.sums()]
        else:
            facts += definitions(t, self.giver)
            t.exact = t.exact and not t.sums("post")  # how sums move is known of a function only
        return _implication(t, facts, claim)

    def _of_call(
        self,
        given: s.Function | None,
        taken: s.Function | None,
        named: Sequence[s.Clause],
        claimed: Callable[[Meaning], str | None],
        keys: Sequence[Expression] = (),
    ) -> Goal:
        t = Translation()
        giver = Meaning(t, self.giver, given, given.clauses if given else self.giver.constructor.clauses)
        taker = Meaning(t, self.taker, taken, taken.clauses if taken else self.taker.constructor.clauses)
        claim = claimed(taker)
        if claim is None:
            return ALWAYS
        terms = (*keys, *terms_of([*named, *giver.clauses], given))
        payees = [t.term(PAYEE, "pre").text, *t.payees, *(t.term(c.to, "pre").text for c in taker.clauses if isinstance(c, s.Pays))]
        facts = [*giver.facts(terms, payees, logs=any(isinstance(c, s.Emits) for c in named)), *self._around(giver, terms)]
        facts += definitions(t, self.giver)
        facts += (*(giver.zeroes() if given is None else () if given.is_view else giver.frames()), *giver.sums())
        return Goal(((_implication(t, facts, claim),),))

    def _around(self, giver: Meaning, terms: Sequence[Expression]) -> Iterator[str]:
        """Yield what holds around a call: invariants, transitions, assumptions."""
        fn = giver.function
        for i in self.giver.invariants:
            if fn is None:
                yield from (f"(=> {giver.ok} {x})" for x in giver.instances(i.formula, "pre", terms))
            elif not fn.is_view:
                yield from giver.instances(i.formula, "pre", terms)
                yield from (f"(=> {giver.ok} {x})" for x in giver.instances(i.formula, "post", terms))
            elif not i.locked:  # a view may be called while the lock is held
                yield from giver.instances(i.formula, "pre", terms)
        if fn is not None:
            for a in (*self.giver.assumptions, *self.taker.assumptions):
                yield from giver.instances(a.formula, "pre", terms)
            if not fn.is_view:
                yield giver.ether()
                for tr in self.giver.transitions:
                    yield from (f"(=> {giver.ok} {x})" for x in giver.instances(tr.formula, "post", terms))

    # ------------------------------------------------------------ of a state

    def invariant(self, c: s.Invariant) -> Goal:
        """Return what shows an invariant: those of the giver, which hold at least as often."""
        return self._of_state(c, [i for i in self.giver.invariants if c.locked or not i.locked])

    def assumption(self, c: s.Assume) -> Goal:
        """Return what shows an assumption: the giver's."""
        return self._of_state(c, self.giver.assumptions)

    def _of_state(self, c: s.Invariant | s.Assume, known: Sequence[s.Invariant | s.Assume]) -> Goal:
        t = Translation()
        claim, m = t.holds(c.formula, "pre"), Meaning(t, self.giver, None, ())
        terms = terms_of([c, *known], None)
        facts = [x for k in known for x in m.instances(k.formula, "pre", terms)]
        return Goal(((_implication(t, [*facts, *definitions(t, self.giver), *m.sums()], claim),),))

    # ------------------------------------------------------------ of two clauses alone

    def alone(self, given: s.Function | None, taken: s.Function | None, c: s.Clause, other: s.Clause) -> Goal:
        """Return what shows a clause of the taker from one clause of the giver, and from nothing else."""
        if isinstance(c, s.Transition) != isinstance(other, s.Transition):
            return NEVER
        t = Translation()
        giver, taker = Meaning(t, self.giver, given, (other,)), Meaning(t, self.taker, taken, (c,))
        terms = terms_of([c, other], given)
        state: State = "post" if isinstance(c, s.Transition) else "pre"
        if isinstance(c, s.Invariant | s.Assume | s.Transition):
            claim: str | None = t.holds(c.formula, state)
        else:
            claim = taker.claim(c)
        if claim is None:
            return ALWAYS
        if isinstance(other, s.Invariant | s.Assume | s.Transition):
            facts = [*giver.instances(other.formula, state, terms)]
        else:
            paid = [*t.payees, *([t.term(c.to, "pre").text] if isinstance(c, s.Pays) else ())]
            facts = [*giver.facts(terms, paid, logs=True)]
        return Goal(((_implication(t, [*facts, *definitions(t, self.giver)], claim),),))


def _implication(t: Translation, facts: Iterable[str], claim: str) -> Implication:
    for i, fact in enumerate(dict.fromkeys(facts)):
        t.add(f"fact {i}", fact)
    t.add("claim", f"(not {claim})")
    query = t.query()
    return Implication(query, query.exact)


def truth(goal: Goal, found: dict[int, Truth]) -> Truth:
    """Return whether something was shown; `found` maps the identity of implications to what the solver said."""
    best: Truth = "no"
    for alternative in goal.alternatives:
        said = ["unknown" if i is None else found[id(i)] for i in alternative]
        if all(x == "yes" for x in said):
            return "yes"
        if "no" not in said:
            best = "unknown"
    return best


def reads(c: s.Clause) -> frozenset[str]:
    """Return the getters that a clause speaks of."""
    found = {x.getter for e in expressions(c) for x in f.walk(e) if isinstance(x, f.Read | f.Sum)}
    if isinstance(c, s.Modifies):
        found |= {x.getter for x in c.locations}
    return frozenset(found)
