"""What is claimed of one run of a function (or the constructor), path by path.

Everything that a clause evaluates before the call is evaluated once, on the state in which the call begins. *unsat* of `path ∧ ¬claim`
on every path proves an obligation; a claim whose value is undefined is false. Source: docs/language.md, the clause table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import combinations, permutations
from typing import Any

from halmos.bytevec import ByteVec
from halmos.sevm import EventLog, Exec
from halmos.utils import uint256
from z3 import ULE, BitVec, BitVecRef, BoolRef, simplify

from specs import formula as f
from specs import specification as s
from specs.formula import Expression
from specs.parse import says_who_accepts
from verifier.engines.symbolic import trace
from verifier.engines.symbolic import values as v
from verifier.engines.symbolic.aliasing import Aliasing
from verifier.engines.symbolic.before import Before, Listed
from verifier.engines.symbolic.encoding import decode_returned, word
from verifier.engines.symbolic.evaluate import Evaluator, Scope, accepts, same_key
from verifier.engines.symbolic.explore import Claim, Group, Probe, Subject, group, snapshot
from verifier.engines.symbolic.machine import CallOut, Machine
from verifier.engines.symbolic.meanwhile import any_state
from verifier.engines.symbolic.quantify import any_values, any_words, instances, lemma_instances
from verifier.engines.symbolic.snapshot import Infeasible, NotUnderstood, Snapshot
from verifier.engines.symbolic.values import Int, Value, conj, disj, implies, negation
from verifier.engines.symbolic.world import OWN, Environment

ERROR_SELECTORS = {"Error": "08c379a0", "Panic": "4e487b71"}
LARGEST_EVENT_SETS = 5


class Claims:
    """The claims of one run. `clauses` are the function's own; invariants and transitions come from the specification."""

    def __init__(self, subject: Subject, machine: Machine, title: str, env: Environment, scope: Scope, probe: Probe) -> None:
        self.subject = subject
        self.specification = subject.specification
        self.machine = machine
        self.title = title
        self.env = env
        self.scope = scope
        self.probe = probe
        self.before = Before(self.specification, scope)

    # ------------------------------------------------------------ assumptions

    def assume(self, pre: Snapshot, *, locked: bool) -> None:
        """Assume invariants, the environment's too, lemmas and an open lock (or, `locked`, a held lock without what it excepts)."""
        ev = Evaluator(self.specification, pre, self.scope)
        for inv in self.specification.invariants:
            if locked and inv.locked:
                continue
            for fact in self._instances(ev, inv.formula):
                if self.specification.environment is not None and any(isinstance(e, f.Sum) for e in f.walk(inv.formula)):
                    pre.ex.path.conditions[fact] = False  # for claims: branches do not turn on it, and z3 is slow with it
                else:
                    pre.ex.path.append(fact)
        self.assume_there(pre)
        for x in self.subject.implementation.lemmas:
            if locked and x.locked:
                continue
            for bound in lemma_instances([t for t, _ in x.bound], self.before.terms(self.env.sender)):
                pre.ex.path.append(self.probe.lemma(pre, x.id, bound))
        if self.subject.implementation.lock is not None:
            held = self.probe.locked(pre)
            pre.ex.path.append(held if locked else negation(held))
        for a in self.specification.assumptions:
            for fact in self._instances(ev, a.formula):
                pre.ex.path.append(fact)

    def assume_there(self, pre: Snapshot) -> None:
        """Assume the invariants of the environment's model."""
        environment = self.specification.environment
        for known in environment.invariants if environment is not None else ():
            for fact in self._known_there(Evaluator(self.specification, pre, self.scope), known.formula):
                pre.ex.path.append(fact)

    def _known_there(self, ev: Evaluator, formula: Expression) -> Iterator[BoolRef]:
        """Yield what an invariant of the environment's model says of the keys that clauses name.

        Of a sum over all keys that is a word: any two parts of it at different keys are a word together. Solvers decide that sooner than
        the sum.
        """
        is_word = isinstance(formula, f.Binary) and formula.operator == "==" and f.magnitude(formula.right) <= f.UINT256.bits
        if not (is_word and isinstance(formula, f.Binary) and isinstance(formula.left, f.Sum) and not formula.left.keys):
            yield from self._instances(ev, formula)
            return
        getter = formula.left.getter
        keys = (self.scope.named_keys or {}).get(getter, ())
        for a, b in combinations(keys, 2):
            x, y = (word(ev.read(getter, [Value(k) for k in key]), formula.right.type) for key in (a, b))
            yield disj(same_key(a, b), negation(conj(x.defined, y.defined)), ULE(x.term, ~y.term))

    def _holds(self, at: Snapshot, formula: Expression, scope: Scope) -> BoolRef:
        """Return `defined and true`;

        a formula with sums is taken apart by which named keys coincide, as solvers add words better without masks.
        """
        if self.before.reached_keys is not None:
            return Evaluator(self.specification, at, replace(scope, named_keys=self.scope.named_keys, distinct=False)).holds(formula)
        if scope.distinct or not any(isinstance(e, f.Sum) for e in f.walk(formula)):
            return Evaluator(self.specification, at, scope).holds(formula)
        cases = []
        for a in self.before.aliasings:
            with at.given(a.condition) as here:
                cases.append(
                    implies(
                        a.condition, Evaluator(self.specification, here, replace(scope, named_keys=a.keys, distinct=True)).holds(formula)
                    )
                )
        return conj(*cases)

    def _instances(self, ev: Evaluator, formula: Expression) -> Iterator[BoolRef]:
        if not isinstance(formula, f.Forall):
            yield self._holds(ev.snapshot, formula, self.scope)
            return
        for values, within in instances(formula, self.before.terms(self.env.sender)):
            variables = {**self.scope.variables, **values}
            yield implies(within, self._holds(ev.snapshot, formula.body, replace(self.scope, variables=variables)))

    # ------------------------------------------------------------ after

    def after(self, ex: Exec, function: s.Function) -> Iterator[Group]:
        """Yield the claims of a finished path."""
        ok = ex.context.output.error is None
        payable = v.TRUE if function.payable else simplify(self.env.value == 0)
        if says_who_accepts(function):
            for fact in _answered(ex):
                ex.path.append(fact)
        post = snapshot(self.machine, ex)
        plain = list(self._reverting(ex, function, ok, payable))
        if not function.payable:
            plain.append(self.claim("nonpayable", lambda: implies(v.TRUE if ok else v.FALSE, payable)))
        if not ok:
            yield group(post, (), plain)
            return
        returned: dict[str, Value] = {}
        try:
            returned = self._returned(ex, function)
        except NotUnderstood as err:
            self.before.problems.update({c.id: str(err) for c in function.clauses if isinstance(c, s.Ensures)})
            self.before.problems["returns"] = str(err)
        given = conj(*(_same_value(x, returned[n]) for n, x in self.before.results.items() if n in returned))
        paid = [(mark.to, mark.value) for mark in trace.payments(ex.context)]
        scope = replace(self.scope, variables={**self.scope.variables, **returned}, unframed=self.before.unframed, paid=paid)
        for aliasing in self.before.aliasings:
            with post.given(given, aliasing.condition) as here:
                ev = Evaluator(self.specification, here, replace(scope, named_keys=aliasing.keys, distinct=True))
                yield group(here, (given, aliasing.condition), [*self._in_state(ev, function, aliasing), *self.lasting(ev)])
        yield from self._frame_claims(post, given, "")
        if not function.pays_as_ensured:
            plain += self._payments(ex, function, given)
        events = [c for c in function.clauses if isinstance(c, s.Emits)]
        plain += [self.claim(c.id, lambda: implies(given, self.logged(ex, [c.id for c in events]))) for c in events]
        if function.returns:
            why = self.before.problems.get("returns", "")
            plain.append(
                Claim(f"{self.title}.returns", None, why)
                if why
                else self.claim("returns", lambda: conj(*(x.defined for x in returned.values())))
            )
        plain.append(self.claim("reachable", lambda: v.TRUE))
        if self.subject.has(f"{self.title}.atomic"):
            touched, _ = trace.touches_after_call_out(self.machine, ex.context)
            locked = self.subject.implementation.lock is not None
            plain.append(self.claim("atomic", lambda: v.TRUE if touched == 0 or locked else v.FALSE))
        yield group(post, (), plain)
        strict = [c for c in function.clauses if isinstance(c, s.EnsuresStrictly)]
        if strict and self._others_acted(ex):
            yield self._meanwhile(ex, strict, given, returned)

    def _others_acted(self, ex: Exec) -> bool:
        """Tell whether strangers may have changed the contract's state before the call returned: they had control, and there is no lock.

        Under a lock they could only move ether, and the path's state says that already.
        """
        return self.subject.implementation.lock is None and not self.machine.accepting and trace.handed_over(ex.context)

    def _meanwhile(self, ex: Exec, strict: Sequence[s.EnsuresStrictly], given: BoolRef, returned: Mapping[str, Value]) -> Group:
        """Claim what holds whatever strangers did: of any state between calls, with what was before the call and with its results.

        `atomic`, on which it leans, says that nothing is touched after they had control; so the state at return is the one that they left,
        by complete calls: invariants and lemmas hold in it. Nothing else is known of it, so no sum is.
        """
        with any_state(self.machine, ex) as there, there.given(given) as here:
            everything = frozenset(g.signature for g in self.specification.readable)
            scope = replace(self.scope, variables={**self.scope.variables, **returned}, unframed=everything, distinct=True)
            for fact in self._between(here):
                here.ex.path.append(fact)
            ev = Evaluator(self.specification, here, scope)
            return group(here, (given,), [x for c in strict for x in self.formula(c.id, ev, c.formula)])

    def _between(self, at: Snapshot) -> Iterator[BoolRef]:
        """Yield what holds in every state between calls, as far as it is understood: what is left out could only help."""
        ev = Evaluator(self.specification, at, self.scope)
        formulas = [*(i.formula for i in self.specification.invariants), *(a.formula for a in self.specification.assumptions)]
        for formula in formulas:
            if not any(isinstance(e, f.Sum) for e in f.walk(formula)):
                yield from _understood(partial(self._instances, ev, formula))
        terms = self.before.terms(self.env.sender)
        for x in self.subject.implementation.lemmas:
            for bound in lemma_instances([t for t, _ in x.bound], terms):
                yield from _understood(partial(self._lemma, at, x.id, bound))

    def _lemma(self, at: Snapshot, id: str, bound: Sequence[BitVecRef]) -> tuple[BoolRef]:
        return (self.probe.lemma(at, id, bound),)

    def _in_state(self, ev: Evaluator, function: s.Function, aliasing: Aliasing) -> Iterator[Claim]:
        """Yield what clauses say of the state after a success; changes may coincide, so one that is not understood leaves all open."""
        problems = self.before.problems
        broken = next((problems[c.id] for c in function.clauses if isinstance(c, s.Changes) and c.id in problems), None)
        for c in function.clauses:
            if isinstance(c, s.EnsuresStrictly) and self._others_acted(ev.snapshot.ex):
                continue
            if isinstance(c, s.Ensures):
                yield from self.formula(c.id, ev, c.formula)
            elif isinstance(c, s.Changes) and broken is not None:
                yield Claim(f"{self.title}.{c.id}", None, broken)
            elif isinstance(c, s.Changes):
                yield self.claim(c.id, lambda c=c: conj(*(self._moved(ev, x, aliasing) for x in self.before.listed if x.clause == c.id)))
        for t in self.specification.transitions:
            yield from self.formula(t.id, ev, t.formula)

    def _frame_claims(self, at: Snapshot, given: BoolRef, suffix: str) -> Iterator[Group]:
        """Yield that nothing moved where nothing is listed."""
        for g, keys, old in self.before.frames:
            name = f"frame({self.specification.getter(g).title}){suffix}"
            if not self.subject.has(f"{self.title}.{name}"):
                continue
            elsewhere = conj(*(negation(conj(x.keys_defined, same_key(keys, x.keys))) for x in self.before.listed if x.getter == g))
            with at.given(given, elsewhere) as here:
                ev = Evaluator(self.specification, here, self.scope)
                claim = self.claim(name, lambda ev=ev, g=g, keys=keys, old=old: unchanged(ev, g, keys, old))
                yield group(here, (given, elsewhere), [claim])
        broken = [Claim(f"{self.title}.{id}{suffix}", None, why) for id, why in self.before.problems.items() if id.startswith("frame(")]
        if broken:
            yield Group((), tuple(broken))

    def lasting(self, ev: Evaluator, prefix: str | None = None, *, held: bool = False) -> Iterator[Claim]:
        """Yield the claims of invariants, lemmas and the lock in a state between calls, or those that a held lock does not except."""
        for inv in self.specification.invariants:
            if not (held and inv.locked):
                yield from self.formula(inv.id, ev, inv.formula, prefix)
        for x in self.subject.implementation.lemmas:
            if not (held and x.locked):
                bound = any_words([t for t, _ in x.bound])
                yield self.claim(f"lemma.{x.id}", lambda x=x, bound=bound: self.probe.lemma(ev.snapshot, x.id, bound), prefix)
        if not held and self.subject.implementation.lock is not None:
            name = "unlocked" if self.title == "constructor" else "lock" if prefix else "unlocks"
            yield self.claim(name, lambda: negation(self.probe.locked(ev.snapshot)), prefix)

    def at_callout(self, ex: Exec, mark: CallOut) -> Iterator[Group]:
        """Yield the claims of the moment at which a stranger has control (value already gone), or the contract calls itself.

        A stranger in a static call only looks: at getters, of which invariants speak, and at views, whose proofs lean on lemmas.
        """
        mid = snapshot(self.machine, ex)
        for aliasing in self.before.aliasings:
            with mid.given(aliasing.condition) as here:
                scope = replace(self.scope, named_keys=aliasing.keys, distinct=True, unframed=self.before.unframed)
                ev = Evaluator(self.specification, here, scope)
                rows = []
                for inv in self.specification.invariants:
                    if self.subject.has(f"{self.title}.{inv.id}@callout"):
                        rows += [replace(c, obligation=f"{c.obligation}@callout") for c in self.formula(inv.id, ev, inv.formula)]
                yield group(here, (aliasing.condition,), rows)
        yield from self._frame_claims(mid, v.TRUE, "@callout")
        for x in self.subject.implementation.lemmas:
            if self.subject.has(f"{self.title}.lemma.{x.id}@callout"):
                bound = any_words([t for t, _ in x.bound])
                yield group(mid, (), [self.claim(f"lemma.{x.id}@callout", lambda x=x, bound=bound: self.probe.lemma(mid, x.id, bound))])
        if (mark.itself or mark.static) and self.subject.implementation.lock is not None:
            yield group(mid, (), list(self._unless_locked(mid)))
        if not (mark.static or mark.itself) and self.subject.has(f"{self.title}.locked@callout"):
            yield group(mid, (), [self.claim("locked@callout", lambda: self.probe.locked(mid))])

    def _unless_locked(self, mid: Snapshot) -> Iterator[Claim]:
        """Yield what the lock excepts, where somebody may find it open and rely on it."""
        held = self.probe.locked(mid)
        ev = Evaluator(self.specification, mid, replace(self.scope, unframed=self.before.unframed))
        for inv in self.specification.invariants:
            if inv.locked:
                for c in self.formula(inv.id, ev, inv.formula):
                    yield c if c.formula is None else replace(c, formula=disj(held, c.formula))
        for x in self.subject.implementation.lemmas:
            if x.locked:
                bound = any_words([t for t, _ in x.bound])
                yield self.claim(f"lemma.{x.id}", lambda x=x, bound=bound: disj(held, self.probe.lemma(mid, x.id, bound)))

    def of_view(self, ex: Exec, function: s.Function, *, held: bool) -> Iterator[Claim]:
        """Yield the claims of a finished path of a view; while the lock is `held` it may revert instead."""
        ok = ex.context.output.error is None
        if held and not ok:
            yield from (Claim(o.id, v.TRUE) for o in self.subject.ledger.obligations if o.function == f"view {self.title}")
            return
        yield from self._reverting(ex, function, ok, v.TRUE)
        none_reverts = conj(*(negation(p) for _, p, _, _ in self.before.reverts))
        if not ok:
            ev = Evaluator(self.specification, snapshot(self.machine, ex), self.scope)
            for c in function.clauses:
                if isinstance(c, s.Equals):
                    yield self.claim(c.id, lambda c=c: negation(conj(none_reverts, *self._fitting(ev, c, function))))
            return
        try:
            returned = self._returned(ex, function)
        except NotUnderstood as err:
            for c in function.clauses:
                if isinstance(c, s.Ensures | s.Equals):
                    yield Claim(f"{self.title}.{c.id}", None, str(err))
            return
        ev = Evaluator(self.specification, snapshot(self.machine, ex), replace(self.scope, variables={**self.scope.variables, **returned}))
        for c in function.clauses:
            if isinstance(c, s.Ensures):
                yield from self.formula(c.id, ev, c.formula)
            elif isinstance(c, s.Equals):
                yield self.claim(c.id, lambda c=c: self._defines(ev, c, function, next(iter(returned.values())), none_reverts))

    def _defines(self, ev: Evaluator, c: s.Equals, function: s.Function, got: Value, none_reverts: BoolRef) -> BoolRef:
        value = ev.evaluate(c.formula)
        return implies(none_reverts, conj(*self._fitting(ev, c, function), got.defined, ev.equal(got.term, value.term)))

    def _fitting(self, ev: Evaluator, c: s.Equals, function: s.Function) -> tuple[BoolRef, BoolRef]:
        """Return whether a defining formula has a value, and whether that is one of the function's type."""
        value = ev.evaluate(c.formula)
        fits = word(value, function.returns[0].type).defined if not isinstance(value.term, ByteVec | tuple) else value.defined
        return value.defined, fits

    def claim(self, id: str, formula: Any, prefix: str | None = None) -> Claim:
        name = f"{prefix}({id})" if prefix else f"{self.title}.{id}"
        if id in self.before.problems:
            return Claim(name, None, self.before.problems[id])
        try:
            return Claim(name, formula())
        except Infeasible:
            return Claim(name, v.TRUE)
        except NotUnderstood as err:
            return Claim(name, None, str(err))

    def formula(self, id: str, ev: Evaluator, formula: Expression, prefix: str | None = None) -> Iterator[Claim]:
        def stated() -> BoolRef:
            if not isinstance(formula, f.Forall):
                return self._holds(ev.snapshot, formula, ev.scope)
            values, facts = any_values([t for _, t in formula.bound])
            variables = {**ev.scope.variables, **{n: x for (n, _), x in zip(formula.bound, values, strict=True)}}
            return implies(conj(*facts), self._holds(ev.snapshot, formula.body, replace(ev.scope, variables=variables)))

        yield self.claim(id, stated, prefix)

    def _reverting(self, ex: Exec, function: s.Function, ok: bool, payable: BoolRef) -> Iterator[Claim]:
        b = self.before
        returned = ex.context.output.data
        broken = next((b.problems[c.id] for c, *_ in b.reverts if c.id in b.problems), None) or next(
            (b.problems[c.id] for c in function.clauses if isinstance(c, s.Reverts) and c.id in b.problems), None
        )
        allowed = disj(
            *(conj(premise, v.TRUE if data is None else conj(fits, v.bytes_equal(returned, data))) for _, premise, data, fits in b.reverts)
        )
        for c in function.clauses:
            if not isinstance(c, s.Reverts):
                continue
            if broken is not None:
                yield Claim(f"{self.title}.{c.id}", None, broken)
                continue
            premise = next(p for x, p, _, _ in b.reverts if x is c)
            own = next(d for x, _, d, _ in b.reverts if x is c)
            answer = v.FALSE if ok else allowed if own is not None else v.TRUE
            yield self.claim(c.id, lambda premise=premise, answer=answer: implies(conj(premise, payable), answer))
        for c in function.clauses:
            if not isinstance(c, s.Succeeds) or c.mode == "never":
                continue
            if (broken is not None and c.mode == "otherwise") or c.id in b.problems:
                yield Claim(f"{self.title}.{c.id}", None, broken or b.problems[c.id])
            elif ok or (not function.is_view and not says_who_accepts(function) and trace.refused(ex.context)):
                yield self.claim(c.id, lambda: v.TRUE)
            else:
                premise = (
                    conj(*(negation(p) for _, p, _, _ in b.reverts)) if c.mode == "otherwise" else next(p for x, p in b.succeeds if x is c)
                )
                strangers = conj(*(implies(when, simplify(to.term != OWN)) for _, to, _, when in b.pays))
                yield self.claim(c.id, lambda premise=premise, strangers=strangers: negation(conj(premise, payable, strangers)))

    def unconcerned(self, function: s.Function) -> Iterator[Claim]:
        """Yield, for a path that is not followed to its end, that a clause says nothing of the calls which come there."""
        payable = v.TRUE if function.payable or function.is_view else simplify(self.env.value == 0)
        premises = {x.id: p for x, p, _, _ in self.before.reverts} | {x.id: p for x, p in self.before.succeeds}
        otherwise = [negation(p) for _, p, _, _ in self.before.reverts]
        for c in function.clauses:
            if isinstance(c, s.Succeeds) and c.mode == "otherwise":
                reverting = [x.id for x in function.clauses if isinstance(x, s.Reverts)]
                if all(id in premises for id in reverting):
                    yield self.claim(c.id, lambda: negation(conj(*otherwise, payable)))
            elif isinstance(c, s.Reverts | s.Succeeds) and c.id in premises:
                yield self.claim(c.id, lambda p=premises[c.id]: negation(conj(p, payable)))
        if not function.payable and not function.is_view:
            yield self.claim("nonpayable", lambda: payable)

    def _returned(self, ex: Exec, function: s.Function) -> dict[str, Value]:
        if not function.returns:
            return {}
        found = decode_returned(ex.context.output.data, function)
        parts = (found,) if len(function.returns) == 1 else found.term
        return {name or f"result {i}": x for i, (name, x) in enumerate(zip(function.results, parts, strict=True))}

    def _moved(self, ev: Evaluator, at: Listed, aliasing: Aliasing) -> BoolRef:
        """new == old ± every amount of this function whose location has the same key (which ones: the aliasing decides)."""
        listed = [x for x in self.before.listed if x.getter == at.getter]
        classes = aliasing.classes[at.getter]
        mine = classes[next(i for i, x in enumerate(listed) if x is at)]
        new = ev.read(at.getter, [Value(k) for k in at.keys])
        left, right, defined = new.term, at.old.term, [new.defined, at.old.defined, at.keys_defined]
        for x, where in zip(listed, classes, strict=True):
            if where != mine or x.change is None or x.amount is None:
                continue
            defined.append(x.amount.defined)
            left, right = (left, v.add(right, x.amount.term)) if x.change.sign > 0 else (v.add(left, x.amount.term), right)
        return conj(*defined, v.equal(left, right))

    def _payments(self, ex: Exec, function: s.Function, given: BoolRef) -> Iterator[Claim]:
        b = self.before
        paid = list(trace.payments(ex.context))

        def balanced(who: BitVecRef) -> BoolRef:
            sent: Int = v.natural(0)
            for p in paid:
                sent = v.add(sent, v.masked(simplify(p.to == who), v.integer(p.value)))
            due: Int = v.natural(0)
            defined = []
            for _, to, amount, when in b.pays:
                here = simplify(conj(when, to.term == who, to.term != OWN))
                due = v.add(due, v.masked(here, amount.term))
                defined += [to.defined, implies(when, amount.defined)]
            return conj(*defined, v.equal(sent, due))

        broken = next((b.problems[c.id] for c in function.clauses if isinstance(c, s.Pays) and c.id in b.problems), None)
        ids = {c.id for c in function.clauses if isinstance(c, s.Pays)}
        for c, to, _, _ in b.pays:
            if c.id != "pays":
                yield self.claim(c.id, lambda to=to: implies(given, balanced(to.term)))
        if broken is not None:
            for id in ids | {"pays"}:
                yield Claim(f"{self.title}.{id}", None, broken)
            return
        yield self.claim("pays", lambda: implies(given, balanced(BitVec("sw_payee", 160)) if paid or b.pays else v.TRUE))

    def logged(self, ex: Exec, ids: Sequence[str]) -> BoolRef:
        """The contract's own events are exactly the expected ones, as a multiset."""
        broken = next((self.before.problems[i] for i in ids if i in self.before.problems), None)
        if broken is not None:
            raise NotUnderstood(broken)
        seen = [x for x in trace.logs(ex.context) if self.machine.is_own(x.address)]
        expected = self.before.events
        if len(expected) > LARGEST_EVENT_SETS:
            raise NotUnderstood(f"more than {LARGEST_EVENT_SETS} events in one function")
        cases = []
        for chosen in combinations(range(len(expected)), len(seen)):
            when = conj(*(expected[i][4] if i in chosen else negation(expected[i][4]) for i in range(len(expected))))
            matches = [conj(*(_is_event(log, expected[i]) for log, i in zip(seen, order, strict=True))) for order in permutations(chosen)]
            cases.append(conj(when, disj(*matches)))
        return disj(*cases)


def _answered(ex: Exec) -> Iterator[BoolRef]:
    """Yield what a finished path tells of who accepts: whoever refused once does not, and who was called and never refused does.

    For every path there is exactly such a predicate over those who were called, so nothing is left out.
    """
    answers = list(trace.answers(ex.context))
    refusing = [to for to, accepted in answers if not accepted]
    for to, accepted in answers:
        mine = accepts(to)
        yield disj(mine, *(simplify(to == x) for x in refusing)) if accepted else negation(mine)


def _understood(facts: Callable[[], Iterable[BoolRef]]) -> list[BoolRef]:
    """Return facts, none where they are not understood."""
    try:
        return list(facts())
    except NotUnderstood:
        return []


def _is_event(log: EventLog, expected: tuple[Any, list[BitVecRef], ByteVec, BoolRef, BoolRef]) -> BoolRef:
    _, topics, data, fits, _ = expected
    if len(topics) != len(log.topics):
        return v.FALSE
    same = [simplify(uint256(a).as_z3() == b) for a, b in zip(log.topics, topics, strict=True)]
    return conj(fits, *same, v.bytes_equal(log.data if log.data is not None else ByteVec(), data))


def unchanged(ev: Evaluator, getter: str, keys: tuple[BitVecRef, ...], old: Value) -> BoolRef:
    """Return that a getter has the value that it had before."""
    new = ev.read(getter, [Value(k) for k in keys])
    same = v.TRUE if new.defined.eq(old.defined) else new.defined == old.defined
    return conj(same, implies(old.defined, ev.equal(new.term, old.term)))


def _same_value(x: Value, y: Value) -> BoolRef:
    return implies(y.defined, v.equal(x.term, y.term) if isinstance(x.term, Int) else simplify(x.term == y.term))
