"""What is claimed of one run of a function (or the constructor), path by path.

Everything that a clause evaluates before the call is evaluated once, on the state in which the call begins. *unsat* of `path ∧ ¬claim` on
every path proves an
obligation; a claim whose value is undefined is false. Source: docs/language.md, the clause table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, islice, permutations, product
from typing import Any

from eth_hash.auto import keccak
from halmos.bytevec import ByteVec
from halmos.sevm import EventLog, Exec
from halmos.utils import uint256
from z3 import BitVec, BitVecRef, BitVecVal, BoolRef, is_false, simplify

from specs import formula as f
from specs import specification as s
from specs.formula import Expression
from verifier.engines.symbolic import trace
from verifier.engines.symbolic import values as v
from verifier.engines.symbolic.evaluate import Evaluator, Scope, decode, encode, fresh, from_word, same_key, whole, word
from verifier.engines.symbolic.explore import Claim, Group, Probe, Subject, group, snapshot
from verifier.engines.symbolic.machine import Machine
from verifier.engines.symbolic.snapshot import Infeasible, NotUnderstood, Snapshot
from verifier.engines.symbolic.values import Int, Value, conj, disj, implies, negation
from verifier.engines.symbolic.world import OWN, Environment
from verifier.ledger import all_keys, derived, has_frame

ERROR_SELECTORS = {"Error": "08c379a0", "Panic": "4e487b71"}
LARGEST_EVENT_SETS = 5


def bound_value(name: str, t: f.Type) -> Value:
    return fresh(f"sw_any_{name}", t)[0]


def olds_of(formulas: Sequence[Expression]) -> Iterator[Expression]:
    """Yield the operands of `old` in formulas."""
    for formula in formulas:
        for e in f.walk(formula):
            if isinstance(e, f.Old):
                yield e.operand


@dataclass(slots=True)
class Listed:
    """A location that a function may change: its keys before the call, its value there, and by how much (None: anyhow)."""

    getter: str
    keys: tuple[BitVecRef, ...]
    keys_defined: BoolRef
    old: Value
    amount: Value | None
    sign: int
    clause: str


@dataclass(frozen=True, slots=True)
class Aliasing:
    """One way in which the keys of listed locations coincide: `keys` has one key of each class, for each getter."""

    condition: BoolRef
    keys: Mapping[str, Sequence[tuple[BitVecRef, ...]]]
    classes: Mapping[str, Sequence[int]]  # for each listed key of a getter, in order, the class that it is in


@dataclass(slots=True)
class Before:
    """What was evaluated before the call."""

    scope: Scope
    reverts: list[tuple[s.Reverts, BoolRef, ByteVec | None, BoolRef]] = field(default_factory=list)
    succeeds: list[tuple[s.Succeeds, BoolRef]] = field(default_factory=list)
    listed: list[Listed] = field(default_factory=list)
    frames: list[tuple[str, tuple[BitVecRef, ...], Value]] = field(default_factory=list)
    pays: list[tuple[s.Pays, Value, Value, BoolRef]] = field(default_factory=list)
    events: list[tuple[s.Emits, list[BitVecRef], ByteVec, BoolRef, BoolRef]] = field(default_factory=list)
    results: dict[str, Value] = field(default_factory=dict)
    aliasings: list[Aliasing] = field(default_factory=lambda: [Aliasing(v.TRUE, {}, {})])
    problems: dict[str, str] = field(default_factory=dict)  # clause id → why it cannot be stated


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
        self.before = Before(scope)
        self.unframed: frozenset[str] = frozenset()
        self.reached_keys: Mapping[str, Sequence[tuple[BitVecRef, ...]]] | None = None  # of a reached state: all keys that anybody named

    # ------------------------------------------------------------ assumptions

    def assume(self, pre: Snapshot, *, locked: bool) -> None:
        """Assume invariants, lemmas and an open lock (or, `locked`, a held lock without what it excepts)."""
        ev = Evaluator(self.specification, pre, self.scope)
        for inv in self.specification.invariants:
            if locked and inv.locked:
                continue
            for fact in self._instances(ev, inv.formula):
                pre.ex.path.append(fact)
        for x in self.subject.implementation.lemmas:
            if locked and x.locked:
                continue
            for bound in self._lemma_instances([t for t, _ in x.bound]):
                pre.ex.path.append(self.probe.lemma(pre, x.id, bound))
        if self.subject.implementation.lock is not None:
            held = self.probe.locked(pre)
            pre.ex.path.append(held if locked else negation(held))
        for a in self.specification.assumptions:
            pre.ex.path.append(ev.holds(a.formula))

    def _holds(self, at: Snapshot, formula: Expression, scope: Scope) -> BoolRef:
        """Return `defined and true`;

        a formula with sums is taken apart by which named keys coincide, as solvers add words better without masks.
        """
        if self.reached_keys is not None:
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

    def _terms(self) -> list[tuple[str, Value]]:
        """The terms that quantified assumptions are used at."""
        out = [("address", Value(self.env.sender)), ("address", Value(OWN))]
        for value in self.scope.variables.values():
            out.append((_kind_of(value), value))
        for x in self.before.listed:
            getter = self.specification.getter(x.getter)
            for k, p in zip(x.keys, getter.parameters, strict=True):
                out.append((p.type.name, _unword(k, p.type)))
        for g, keys, _ in self.before.frames:
            for k, p in zip(keys, self.specification.getter(g).parameters, strict=True):
                out.append((p.type.name, _unword(k, p.type)))
        return out

    def _instances(self, ev: Evaluator, formula: Expression) -> Iterator[BoolRef]:
        if not isinstance(formula, f.Forall):
            yield self._holds(ev.snapshot, formula, self.scope)
            return
        choices = []
        for _, t in formula.bound:
            fits = [x for n, x in self._terms() if n == t.name or (n == "integer" and t.kind in {"uint", "int"})]
            fits.append(bound_value(f"{t.name}", t))
            choices.append(fits)
        for chosen in _product(choices):
            values = {n: _as(x, t) for (n, t), x in zip(formula.bound, chosen, strict=True)}
            within = conj(
                *(x.defined for x in values.values()),
                *(fact for x, (_, t) in zip(values.values(), formula.bound, strict=True) for fact in _range(x, t)),
            )
            variables = {**self.scope.variables, **{n: Value(x.term) for n, x in values.items()}}
            yield implies(within, self._holds(ev.snapshot, formula.body, replace(self.scope, variables=variables)))

    def _lemma_instances(self, types: Sequence[str]) -> Iterator[tuple[BitVecRef, ...]]:
        choices = []
        for t in types:
            kind = _type_named(t)
            fits = [word(x, kind).term for n, x in self._terms() if n == kind.name or (n == "integer" and kind.kind in {"uint", "int"})]
            fits.append(word(bound_value(kind.name, kind), kind).term)
            choices.append(fits)
        yield from _product(choices)

    # ------------------------------------------------------------ before

    def prepare(self, pre: Snapshot, function: s.Function | None, clauses: Sequence[s.Clause]) -> None:
        """Evaluate what clauses say before the call. Keys come first: sums are taken apart by them."""
        self.unframed = self._unframed(function) if function is not None else frozenset()
        b = self.before
        ev = Evaluator(self.specification, pre, self.scope)
        if function is not None:
            b.results = self.fresh_results(function)
        pre_variables = {**self.scope.variables, **b.results}
        pre_scope = replace(self.scope, variables=pre_variables)
        at = Evaluator(self.specification, pre, pre_scope)
        for c in clauses:
            self.attempt(c.id, lambda c=c: self.locations(at, c))
        named: dict[str, list[tuple[BitVecRef, ...]]] = {}
        for x in b.listed:
            named.setdefault(x.getter, []).append(x.keys)
        b.aliasings = list(_aliasings(named))
        for g, keys in (self.reached_keys or {}).items():
            named[g] = [*named.get(g, []), *keys]
        self.scope.named_keys = pre_scope.named_keys = named
        if function is not None:
            self._frames(at, function)
        for c in clauses:
            self.attempt(c.id, lambda c=c: self._clause(at, ev, c))

    def fresh_results(self, function: s.Function) -> dict[str, Value]:
        """Return a symbol for every named result: a key that is a result is a fresh key before the call."""
        return {p.name or "result": fresh(f"sw_result_{p.name or 'result'}", p.type)[0] for p in function.returns}

    def attempt(self, id: str, action: Any) -> None:
        """Do something for a clause; where it cannot be understood, the clause's claims say why."""
        try:
            action()
        except NotUnderstood as err:
            self.before.problems[id] = str(err)

    def locations(self, at: Evaluator, c: s.Clause) -> None:
        """Note the locations that a clause lists."""
        if isinstance(c, s.Changes):
            for x in c.changes:
                keys, defined = self._keys(at, x.location.getter, x.location.arguments)
                old = at.read(x.location.getter, [Value(k) for k in keys])
                self.before.listed.append(Listed(x.location.getter, keys, defined, old, at.evaluate(x.amount), x.sign, c.id))
        elif isinstance(c, s.Modifies):
            for y in c.locations:
                if y.arguments is not None:
                    keys, defined = self._keys(at, y.getter, y.arguments)
                    old = at.read(y.getter, [Value(k) for k in keys])
                    self.before.listed.append(Listed(y.getter, keys, defined, old, None, 0, c.id))

    def _keys(self, at: Evaluator, getter: str, arguments: Sequence[Expression]) -> tuple[tuple[BitVecRef, ...], BoolRef]:
        parameters = self.specification.getter(getter).parameters
        words = [word(at.evaluate(a), p.type) for a, p in zip(arguments, parameters, strict=True)]
        return tuple(x.term for x in words), conj(*(x.defined for x in words))

    def _frames(self, at: Evaluator, function: s.Function) -> None:
        hidden = derived(self.specification)
        for g in self.specification.getters:
            if g.signature in hidden or not has_frame(function, g):
                continue
            made = [fresh(f"sw_key_{g.name}_{i}", p.type) for i, p in enumerate(g.parameters)]
            for _, facts in made:
                for fact in facts:
                    at.snapshot.ex.path.append(fact)
            keys = tuple(word(x, p.type).term for (x, _), p in zip(made, g.parameters, strict=True))
            self.attempt(
                f"frame({g.title})",
                lambda g=g, keys=keys: self.before.frames.append((g.signature, keys, at.read(g.signature, [Value(k) for k in keys]))),
            )

    def _clause(self, at: Evaluator, ev: Evaluator, c: s.Clause) -> None:
        b = self.before
        match c:
            case s.Reverts():
                data, fits = self._error(at, c.error) if c.error is not None else (None, v.TRUE)
                b.reverts.append((c, at.holds(c.formula), data, fits))
            case s.Succeeds() if c.mode == "when" and c.formula is not None:
                b.succeeds.append((c, at.holds(c.formula)))
            case s.Ensures():
                for operand in olds_of([c.formula]):
                    self.scope.olds[operand] = ev.evaluate(operand)
            case s.Pays():
                b.pays.append((c, at.evaluate(c.to), at.evaluate(c.amount), at.holds(c.when) if c.when is not None else v.TRUE))
            case s.Emits() if c.event is not None:
                topics, data, fits = self._event(at, c)
                b.events.append((c, topics, data, fits, at.holds(c.when) if c.when is not None else v.TRUE))
            case _:
                pass

    def watch(self, pre: Snapshot) -> dict[str, Any]:
        """Return the terms that show a state to people: plain getters, and keyed ones at the keys that clauses list."""
        out: dict[str, Any] = {"ether": pre.ex.balance_of(OWN)}
        for stem, getter, keys in self._watched():
            value = self._shown(pre, getter, keys)
            if value is not None:
                out |= {f"{stem}_before": value} | {f"{stem}_k{i}": k for i, k in enumerate(keys)}
        return out

    def seen(self, post: Snapshot, before: Mapping[str, Any]) -> dict[str, Any]:
        """Return the same terms after the call."""
        out = {}
        for stem, getter, keys in self._watched():
            value = self._shown(post, getter, keys) if f"{stem}_before" in before else None
            if value is not None:
                out[f"{stem}_after"] = value
        return out

    def _watched(self) -> Iterator[tuple[str, str, tuple[BitVecRef, ...]]]:
        for i, g in enumerate(self.specification.getters):
            if len(g.returns) != 1 or g.returns[0].type.kind in {"struct", "string", "bytes", "array"}:
                continue
            if not g.parameters:
                yield f"g{i}_0", g.signature, ()
            else:
                keys = [x.keys for x in self.before.listed if x.getter == g.signature] + [
                    k for s_, k, _ in self.before.frames if s_ == g.signature
                ]
                for n, k in enumerate(keys[:4]):
                    yield f"g{i}_{n}", g.signature, k

    def _shown(self, at: Snapshot, getter: str, keys: tuple[BitVecRef, ...]) -> BitVecRef | None:
        try:
            value = Evaluator(self.specification, at, self.scope).read(getter, [Value(k) for k in keys])
            return word(value, self.specification.getter(getter).returns[0].type).term
        except NotUnderstood:
            return None

    def prepare_transitions(self, ev: Evaluator) -> None:
        for t in self.specification.transitions:
            for operand in olds_of([t.formula]):
                self.attempt(t.id, lambda operand=operand: self.scope.olds.__setitem__(operand, ev.evaluate(operand)))

    def _error(self, at: Evaluator, call: s.ErrorCall) -> tuple[ByteVec, BoolRef]:
        types = [p.type for p in call.error.parameters]
        data = ByteVec(keccak(call.error.signature.encode())[:4])
        body, fits = encode([at.evaluate(a) for a in call.arguments], types)
        data.append(body)
        return data, fits

    def _event(self, at: Evaluator, c: s.Emits) -> tuple[list[BitVecRef], ByteVec, BoolRef]:
        event = c.event
        assert event is not None
        topics: list[BitVecRef] = [] if event.anonymous else [BitVecVal(int.from_bytes(keccak(event.signature.encode()), "big"), 256)]
        plain, types, fits = [], [], []
        for p, a in zip(event.parameters, c.arguments, strict=True):
            value = at.evaluate(a)
            if not p.indexed:
                plain.append(value)
                types.append(p.type)
            elif isinstance(value.term, ByteVec):
                topics.append(at.evaluate(f.Hash(f.Type("fixed_bytes", "bytes32", 256), a.position, a)).term)
                fits.append(value.defined)
            else:
                w = word(value, p.type)
                topics.append(w.term)
                fits.append(w.defined)
        data, ok = encode(plain, types)
        return topics, data, conj(ok, *fits)

    # ------------------------------------------------------------ after

    def after(self, ex: Exec, function: s.Function) -> Iterator[Group]:
        """Yield the claims of a finished path."""
        ok = ex.context.output.error is None
        payable = v.TRUE if function.payable else simplify(self.env.value == 0)
        post = snapshot(self.machine, ex)
        plain = list(self._reverting(ex, function, ok, payable))
        if not function.payable:
            plain.append(self._claim("nonpayable", lambda: implies(v.TRUE if ok else v.FALSE, payable)))
        if not ok:
            yield group(post, (), plain)
            return
        returned: dict[str, Value] = {}
        try:
            returned = self._returned(ex, function)
        except NotUnderstood as err:
            self.before.problems.update({c.id: str(err) for c in function.clauses if isinstance(c, s.Ensures)})
            self.before.problems["returns"] = str(err)
        given = conj(*(_same_value(self.before.results[n], x) for n, x in returned.items()))
        scope = replace(self.scope, variables={**self.scope.variables, **returned}, unframed=self._unframed(function))
        for aliasing in self.before.aliasings:
            with post.given(given, aliasing.condition) as here:
                ev = Evaluator(self.specification, here, replace(scope, named_keys=aliasing.keys, distinct=True))
                yield group(here, (given, aliasing.condition), [*self._in_state(ev, function, aliasing), *self.lasting(ev)])
        yield from self._frame_claims(post, given, "")
        plain += self._payments(ex, function, given)
        events = [c for c in function.clauses if isinstance(c, s.Emits)]
        plain += [self._claim(c.id, lambda: implies(given, self._logged(ex, [c.id for c in events]))) for c in events]
        if function.returns:
            why = self.before.problems.get("returns", "")
            plain.append(
                Claim(f"{self.title}.returns", None, why)
                if why
                else self._claim("returns", lambda: conj(*(x.defined for x in returned.values())))
            )
        plain.append(self._claim("reachable", lambda: v.TRUE))
        if self.subject.has(f"{self.title}.atomic"):
            touched, _ = trace.touches_after_call_out(self.machine, ex.context)
            locked = self.subject.implementation.lock is not None
            plain.append(self._claim("atomic", lambda: v.TRUE if touched == 0 or locked else v.FALSE))
        yield group(post, (), plain)

    def _unframed(self, function: s.Function) -> frozenset[str]:
        """Return the getters that may change anywhere: a sum over one of them says nothing after the call."""
        return frozenset(g.signature for g in self.specification.getters if all_keys(function, g.signature))

    def _in_state(self, ev: Evaluator, function: s.Function, aliasing: Aliasing) -> Iterator[Claim]:
        """Yield what clauses say of the state after a success."""
        for c in function.clauses:
            if isinstance(c, s.Ensures):
                yield from self._formula(c.id, ev, c.formula)
            elif isinstance(c, s.Changes):
                yield self._claim(c.id, lambda c=c: conj(*(self._moved(ev, x, aliasing) for x in self.before.listed if x.clause == c.id)))
        for t in self.specification.transitions:
            yield from self._formula(t.id, ev, t.formula)

    def _frame_claims(self, at: Snapshot, given: BoolRef, suffix: str) -> Iterator[Group]:
        """Yield that nothing moved where nothing is listed."""
        for g, keys, old in self.before.frames:
            name = f"frame({self.specification.getter(g).title}){suffix}"
            if not self.subject.has(f"{self.title}.{name}"):
                continue
            elsewhere = conj(*(negation(same_key(keys, x.keys)) for x in self.before.listed if x.getter == g))
            with at.given(given, elsewhere) as here:
                ev = Evaluator(self.specification, here, self.scope)
                claim = self._claim(name, lambda ev=ev, g=g, keys=keys, old=old: _unchanged(ev, g, keys, old))
                yield group(here, (given, elsewhere), [claim])
        broken = [Claim(f"{self.title}.{id}{suffix}", None, why) for id, why in self.before.problems.items() if id.startswith("frame(")]
        if broken:
            yield Group((), tuple(broken))

    def lasting(self, ev: Evaluator, prefix: str | None = None) -> Iterator[Claim]:
        """Yield the claims of invariants, lemmas and the lock in a state between calls."""
        for inv in self.specification.invariants:
            yield from self._formula(inv.id, ev, inv.formula, prefix)
        for x in self.subject.implementation.lemmas:
            bound = [word(bound_value(kind.name, kind), kind).term for kind in (_type_named(t) for t, _ in x.bound)]
            yield self._claim(f"lemma.{x.id}", lambda x=x, bound=bound: self.probe.lemma(ev.snapshot, x.id, bound), prefix)
        if self.subject.implementation.lock is not None:
            name = "unlocked" if self.title == "constructor" else "lock" if prefix else "unlocks"
            yield self._claim(name, lambda: negation(self.probe.locked(ev.snapshot)), prefix)

    def at_callout(self, ex: Exec) -> Iterator[Group]:
        """Yield the claims of the moment at which a stranger has control (value already gone)."""
        mid = snapshot(self.machine, ex)
        for aliasing in self.before.aliasings:
            with mid.given(aliasing.condition) as here:
                scope = replace(self.scope, named_keys=aliasing.keys, distinct=True, unframed=self.unframed)
                ev = Evaluator(self.specification, here, scope)
                rows = []
                for inv in self.specification.invariants:
                    if self.subject.has(f"{self.title}.{inv.id}@callout"):
                        rows += [replace(c, obligation=f"{c.obligation}@callout") for c in self._formula(inv.id, ev, inv.formula)]
                yield group(here, (aliasing.condition,), rows)
        yield from self._frame_claims(mid, v.TRUE, "@callout")
        if self.subject.has(f"{self.title}.locked@callout"):
            yield group(mid, (), [self._claim("locked@callout", lambda: self.probe.locked(mid))])

    def of_view(self, ex: Exec, function: s.Function) -> Iterator[Claim]:
        """Yield the claims of a finished path of a view."""
        ok = ex.context.output.error is None
        yield from self._reverting(ex, function, ok, v.TRUE)
        if not ok:
            return
        try:
            returned = self._returned(ex, function)
        except NotUnderstood as err:
            for c in function.clauses:
                if isinstance(c, s.Ensures | s.Equals):
                    yield Claim(f"{self.title}.{c.id}", None, str(err))
            return
        ev = Evaluator(self.specification, snapshot(self.machine, ex), replace(self.scope, variables={**self.scope.variables, **returned}))
        none_reverts = conj(*(negation(p) for _, p, _, _ in self.before.reverts))
        for c in function.clauses:
            if isinstance(c, s.Ensures):
                yield from self._formula(c.id, ev, c.formula)
            elif isinstance(c, s.Equals):
                yield self._claim(c.id, lambda c=c: self._defines(ev, c, function, next(iter(returned.values())), none_reverts))

    def _defines(self, ev: Evaluator, c: s.Equals, function: s.Function, got: Value, none_reverts: BoolRef) -> BoolRef:
        value = ev.evaluate(c.formula)
        fits = word(value, function.returns[0].type).defined if not isinstance(value.term, ByteVec | tuple) else value.defined
        return implies(conj(none_reverts, value.defined, fits), conj(got.defined, ev.equal(got.term, value.term)))

    def _claim(self, id: str, formula: Any, prefix: str | None = None) -> Claim:
        name = f"{prefix}({id})" if prefix else f"{self.title}.{id}"
        if id in self.before.problems:
            return Claim(name, None, self.before.problems[id])
        try:
            return Claim(name, formula())
        except Infeasible:
            return Claim(name, v.TRUE)
        except NotUnderstood as err:
            return Claim(name, None, str(err))

    def _formula(self, id: str, ev: Evaluator, formula: Expression, prefix: str | None = None) -> Iterator[Claim]:
        def stated() -> BoolRef:
            if not isinstance(formula, f.Forall):
                return self._holds(ev.snapshot, formula, ev.scope)
            variables = {**ev.scope.variables, **{n: bound_value(t.name, t) for n, t in formula.bound}}
            facts = [x for n, t in formula.bound for x in fresh(f"sw_any_{t.name}", t)[1]]
            return implies(conj(*facts), self._holds(ev.snapshot, formula.body, replace(ev.scope, variables=variables)))

        yield self._claim(id, stated, prefix)

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
            yield self._claim(c.id, lambda premise=premise, answer=answer: implies(conj(premise, payable), answer))
        for c in function.clauses:
            if not isinstance(c, s.Succeeds) or c.mode == "never":
                continue
            if (broken is not None and c.mode == "otherwise") or c.id in b.problems:
                yield Claim(f"{self.title}.{c.id}", None, broken or b.problems[c.id])
            elif ok or trace.refused(ex.context):
                yield self._claim(c.id, lambda: v.TRUE)
            else:
                premise = (
                    conj(*(negation(p) for _, p, _, _ in b.reverts)) if c.mode == "otherwise" else next(p for x, p in b.succeeds if x is c)
                )
                strangers = conj(*(implies(when, simplify(to.term != OWN)) for _, to, _, when in b.pays))
                yield self._claim(c.id, lambda premise=premise, strangers=strangers: negation(conj(premise, payable, strangers)))

    def _returned(self, ex: Exec, function: s.Function) -> dict[str, Value]:
        data = ex.context.output.data
        out: dict[str, Value] = {}
        if len(function.returns) == 1:
            p = function.returns[0]
            return {p.name or "result": decode(data, p.type)}
        if function.returns:
            parts = decode(data, whole(function))
            out = {p.name: x for p, x in zip(function.returns, parts.term, strict=True) if p.name}
        return out

    def _moved(self, ev: Evaluator, at: Listed, aliasing: Aliasing) -> BoolRef:
        """new == old ± every amount of this function whose location has the same key (which ones: the aliasing decides)."""
        listed = [x for x in self.before.listed if x.getter == at.getter]
        classes = aliasing.classes[at.getter]
        mine = classes[next(i for i, x in enumerate(listed) if x is at)]
        new = ev.read(at.getter, [Value(k) for k in at.keys])
        left, right, defined = new.term, at.old.term, [new.defined, at.old.defined, at.keys_defined]
        for x, where in zip(listed, classes, strict=True):
            if where != mine or x.amount is None:
                continue
            defined.append(x.amount.defined)
            left, right = (left, v.add(right, x.amount.term)) if x.sign > 0 else (v.add(left, x.amount.term), right)
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
                yield self._claim(c.id, lambda to=to: implies(given, balanced(to.term)))
        if broken is not None:
            for id in ids | {"pays"}:
                yield Claim(f"{self.title}.{id}", None, broken)
            return
        yield self._claim("pays", lambda: implies(given, balanced(BitVec("sw_payee", 160)) if paid or b.pays else v.TRUE))

    def _logged(self, ex: Exec, ids: Sequence[str]) -> BoolRef:
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


def _is_event(log: EventLog, expected: tuple[Any, list[BitVecRef], ByteVec, BoolRef, BoolRef]) -> BoolRef:
    _, topics, data, fits, _ = expected
    if len(topics) != len(log.topics):
        return v.FALSE
    same = [simplify(uint256(a).as_z3() == b) for a, b in zip(log.topics, topics, strict=True)]
    return conj(fits, *same, v.bytes_equal(log.data if log.data is not None else ByteVec(), data))


Keys = tuple[tuple[BitVecRef, ...], ...]


def _partitions(keys: Sequence[tuple[BitVecRef, ...]]) -> Iterator[tuple[BoolRef, Keys, tuple[int, ...]]]:
    """Yield every way in which keys coincide: its condition, one key for each class, and the class of every key."""

    def extend(
        done: Keys, classes: tuple[int, ...], cond: tuple[BoolRef, ...], rest: Sequence[tuple[BitVecRef, ...]]
    ) -> Iterator[tuple[BoolRef, Keys, tuple[int, ...]]]:
        if not rest:
            yield conj(*cond), done, classes
            return
        key, *more = rest
        for i, other in enumerate(done):
            if not is_false(same := same_key(key, other)):
                yield from extend(done, (*classes, i), (*cond, same), more)
        apart = [negation(same_key(key, other)) for other in done]
        if not any(is_false(a) for a in apart):
            yield from extend((*done, key), (*classes, len(done)), (*cond, *apart), more)

    yield from extend((), (), (), keys)


def _unchanged(ev: Evaluator, getter: str, keys: tuple[BitVecRef, ...], old: Value) -> BoolRef:
    new = ev.read(getter, [Value(k) for k in keys])
    same = v.TRUE if new.defined.eq(old.defined) else new.defined == old.defined
    return conj(same, implies(old.defined, ev.equal(new.term, old.term)))


def _aliasings(named: Mapping[str, Sequence[tuple[BitVecRef, ...]]]) -> Iterator[Aliasing]:
    """Yield every way in which the keys of each getter coincide."""
    for chosen in product(*(list(_partitions(keys)) for keys in named.values())):
        keys = {g: kept for g, (_, kept, _) in zip(named, chosen, strict=True)}
        yield Aliasing(conj(*(cond for cond, _, _ in chosen)), keys, {g: classes for g, (_, _, classes) in zip(named, chosen, strict=True)})


def _same_value(x: Value, y: Value) -> BoolRef:
    if isinstance(x.term, ByteVec | tuple):
        return v.TRUE
    return implies(y.defined, v.equal(x.term, y.term) if isinstance(x.term, Int) else simplify(x.term == y.term))


def _kind_of(x: Value) -> str:
    if isinstance(x.term, Int):
        return "integer"
    if isinstance(x.term, BitVecRef):
        return "address" if x.term.size() == 160 else f"bytes{x.term.size() // 8}"
    return ""


def _type_named(name: str) -> f.Type:
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


def _unword(k: BitVecRef, t: f.Type) -> Value:
    return from_word(k, t)


def _range(x: Value, t: f.Type) -> tuple[BoolRef, ...]:
    """Return what an instance of a bound symbol must satisfy to be a value of its type."""
    return (v.less(x.term, v.natural(len(t.members))),) if t.kind == "enum" else ()


def _as(x: Value, t: f.Type) -> Value:
    if isinstance(x.term, Int) and t.kind in {"uint", "int"}:
        term, fits = v.fit(x.term, t)
        return Value(v.integer(term, t.kind == "int"), conj(x.defined, fits))
    return x


def _product(choices: Sequence[Sequence[Any]]) -> Iterator[tuple[Any, ...]]:
    yield from islice(product(*choices), 64)
