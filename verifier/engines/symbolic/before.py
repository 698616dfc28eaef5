"""What clauses say before a call: evaluated once, on the state in which the call begins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from eth_hash.auto import keccak
from halmos.bytevec import ByteVec
from z3 import BitVecRef, BitVecVal, BoolRef

from specs import formula as f
from specs import specification as s
from specs.formula import Expression
from specs.specification import Specification
from verifier.engines.symbolic import values as v
from verifier.engines.symbolic.aliasing import Aliasing, aliasings
from verifier.engines.symbolic.encoding import any_keys, encode, fresh, from_word, word
from verifier.engines.symbolic.evaluate import Evaluator, Scope
from verifier.engines.symbolic.quantify import any_values, kind_of
from verifier.engines.symbolic.snapshot import NotUnderstood, Snapshot
from verifier.engines.symbolic.storage import is_excluded
from verifier.engines.symbolic.values import Value, conj
from verifier.engines.symbolic.world import OWN, THERE
from verifier.ledger import all_keys, derived, has_frame


@dataclass(slots=True)
class Listed:
    """A location that a function may change: its keys before the call, its value there, and by how much (`change` None: anyhow)."""

    getter: str
    keys: tuple[BitVecRef, ...]
    keys_defined: BoolRef
    old: Value
    clause: str
    change: s.Change | None = None
    amount: Value | None = None

    def measure(self, at: Evaluator) -> None:
        """Evaluate by how much it changes."""
        if self.change is not None:
            self.amount = at.evaluate(self.change.amount)


class Before:
    """What was evaluated before the call.

    `reached_keys`: of a state that was reached, all keys that anybody named.
    """

    def __init__(
        self,
        specification: Specification,
        scope: Scope,
        reached_keys: Mapping[str, Sequence[tuple[BitVecRef, ...]]] | None = None,
    ) -> None:
        self.specification = specification
        self.scope = scope
        self.reached_keys = reached_keys
        self.reverts: list[tuple[s.Reverts, BoolRef, ByteVec | None, BoolRef]] = []
        self.succeeds: list[tuple[s.Succeeds, BoolRef]] = []
        self.listed: list[Listed] = []
        self.frames: list[tuple[str, tuple[BitVecRef, ...], Value]] = []
        self.pays: list[tuple[s.Pays, Value, Value, BoolRef]] = []
        self.events: list[tuple[s.Emits, list[BitVecRef], ByteVec, BoolRef, BoolRef]] = []
        self.results: dict[str, Value] = {}
        self.aliasings: list[Aliasing] = [Aliasing(v.TRUE, {}, {})]
        self.unframed: frozenset[str] = frozenset()  # getters that may change anywhere
        self.problems: dict[str, str] = {}  # clause id → why it cannot be stated

    def prepare(self, pre: Snapshot, function: s.Function | None, clauses: Sequence[s.Clause]) -> None:
        """Evaluate what clauses say before the call. Keys come first: sums are taken apart by them, so no key may depend on a sum."""
        self.unframed = unframed(self.specification, function) if function is not None else frozenset()
        ev = Evaluator(self.specification, pre, self.scope)
        if function is not None:
            self.results = self.fresh_results(function)
        pre_variables = {**self.scope.variables, **self.results}
        pre_scope = replace(self.scope, variables=pre_variables)
        at = Evaluator(self.specification, pre, pre_scope)
        early = Evaluator(self.specification, pre, replace(pre_scope, named_keys=None))
        for c in clauses:
            self.attempt(c.id, lambda c=c: self.locations(early, c))
        named: dict[str, list[tuple[BitVecRef, ...]]] = {}
        for x in self.listed:
            named.setdefault(x.getter, []).append(x.keys)
        self.aliasings = list(aliasings(named))
        if self.specification.environment is not None:  # its keys are often known to differ: the caller is not the contract
            self.aliasings = [a for a in self.aliasings if not is_excluded(pre.ex.path, a.condition)]
        for g, keys in (self.reached_keys or {}).items():
            named[g] = [*named.get(g, []), *keys]
        self.scope.named_keys = pre_scope.named_keys = named
        for x in self.listed:
            if x.change is not None and _has_sum(x.change.amount):
                self.attempt(x.clause, lambda x=x: x.measure(at))
        if function is not None:
            self._frames(at, function)
        for c in clauses:
            self.attempt(c.id, lambda c=c: self.evaluate(at, ev, c))

    def fresh_results(self, function: s.Function) -> dict[str, Value]:
        """Return a symbol for every result that is one word: a key that is a result is a fresh key before the call."""
        rows = zip(function.results, function.returns, strict=True)
        plain = {name: p.type for name, p in rows if name and p.type.kind not in {"string", "bytes", "array", "struct"}}
        return {name: fresh(f"sw_result_{name}", t)[0] for name, t in plain.items()}

    def attempt(self, id: str, action: Any) -> None:
        """Do something for a clause; where it cannot be understood, the clause's claims say why."""
        try:
            action()
        except NotUnderstood as err:
            self.problems[id] = str(err)

    def locations(self, at: Evaluator, c: s.Clause) -> None:
        """Note the locations that a clause lists."""
        if isinstance(c, s.Changes):
            for x in c.changes:
                keys, defined = self._keys(at, x.location.getter, x.location.arguments)
                old = at.read(x.location.getter, [Value(k) for k in keys])
                self.listed.append(Listed(x.location.getter, keys, defined, old, c.id, x))
                if not _has_sum(x.amount):
                    self.listed[-1].measure(at)
        elif isinstance(c, s.Modifies):
            for y in c.locations:
                if y.arguments is not None:
                    keys, defined = self._keys(at, y.getter, y.arguments)
                    old = at.read(y.getter, [Value(k) for k in keys])
                    self.listed.append(Listed(y.getter, keys, defined, old, c.id))

    def _keys(self, at: Evaluator, getter: str, arguments: Sequence[Expression]) -> tuple[tuple[BitVecRef, ...], BoolRef]:
        parameters = self.specification.getter(getter).parameters
        words = [word(at.evaluate(a), p.type) for a, p in zip(arguments, parameters, strict=True)]
        return tuple(x.term for x in words), conj(*(x.defined for x in words))

    def _frames(self, at: Evaluator, function: s.Function) -> None:
        hidden = derived(self.specification)
        for g in self.specification.readable:
            if g.signature in hidden or not has_frame(function, g):
                continue
            made = any_keys(g)
            for _, facts in made:
                for fact in facts:
                    at.snapshot.ex.path.append(fact)
            self.attempt(f"frame({g.title})", lambda g=g, made=made: self._frame(at, g, [x for x, _ in made]))

    def _frame(self, at: Evaluator, g: s.Function, values: Sequence[Value]) -> None:
        """Note what a getter says at arbitrary keys."""
        keys = tuple(word(x, p.type).term for x, p in zip(values, g.parameters, strict=True))
        self.frames.append((g.signature, keys, at.read(g.signature, [Value(k) for k in keys])))

    def evaluate(self, at: Evaluator, ev: Evaluator, c: s.Clause) -> None:
        """Evaluate a clause: `at` knows results by name, `ev` does not."""
        match c:
            case s.Reverts():
                data, fits = self._error(at, c.error) if c.error is not None else (None, v.TRUE)
                self.reverts.append((c, at.holds(c.formula), data, fits))
            case s.Succeeds() if c.mode == "when" and c.formula is not None:
                self.succeeds.append((c, at.holds(c.formula)))
            case s.Ensures():
                self._keep_olds(ev, c.formula)
            case s.Pays():
                self.pays.append((c, at.evaluate(c.to), at.evaluate(c.amount), at.holds(c.when) if c.when is not None else v.TRUE))
            case s.Emits() if c.event is not None:
                topics, data, fits = self._event(at, c)
                self.events.append((c, topics, data, fits, at.holds(c.when) if c.when is not None else v.TRUE))

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
        for i, g in enumerate(self.specification.readable):
            if len(g.returns) != 1 or g.returns[0].type.kind in {"struct", "string", "bytes", "array"}:
                continue
            if not g.parameters:
                yield f"g{i}_0", g.signature, ()
            else:
                keys = [x.keys for x in self.listed if x.getter == g.signature] + [k for s_, k, _ in self.frames if s_ == g.signature]
                for n, k in enumerate(keys[:4]):
                    yield f"g{i}_{n}", g.signature, k

    def _shown(self, at: Snapshot, getter: str, keys: tuple[BitVecRef, ...]) -> BitVecRef | None:
        try:
            value = Evaluator(self.specification, at, self.scope).read(getter, [Value(k) for k in keys])
            return word(value, self.specification.getter(getter).returns[0].type).term
        except NotUnderstood:
            return None

    def prepare_transitions(self, ev: Evaluator) -> None:
        """Evaluate what transitions call old; they know nothing of a function's arguments."""
        ev = Evaluator(self.specification, ev.snapshot, replace(ev.scope, variables={}))
        for t in self.specification.transitions:
            self.attempt(t.id, lambda t=t: self._keep_olds(ev, t.formula))

    def _keep_olds(self, ev: Evaluator, formula: Expression) -> None:
        """Evaluate what a formula calls old; below a `forall`, at the symbols at which it is claimed.

        An operand has a place in the source, so it is no other's.
        """
        if isinstance(formula, f.Forall):
            values, _ = any_values([t for _, t in formula.bound])
            bound = {n: x for (n, _), x in zip(formula.bound, values, strict=True)}
            ev = Evaluator(self.specification, ev.snapshot, replace(ev.scope, variables={**ev.scope.variables, **bound}))
        for operand in olds_of([formula]):
            self.scope.olds[operand] = ev.evaluate(operand)

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

    def terms(self, sender: BitVecRef) -> list[tuple[str, Value]]:
        """Return the values that quantified assumptions are used at."""
        out = [("address", Value(sender)), ("address", Value(OWN))]
        out += [("address", Value(THERE))] if self.specification.environment is not None else []
        out += [(kind_of(value), value) for value in self.scope.variables.values()]
        for getter, keys in [*((x.getter, x.keys) for x in self.listed), *((g, keys) for g, keys, _ in self.frames)]:
            out += [(p.type.name, from_word(k, p.type)) for k, p in zip(keys, self.specification.getter(getter).parameters, strict=True)]
        return out


def _has_sum(e: Expression) -> bool:
    return any(isinstance(x, f.Sum) for x in f.walk(e))


def olds_of(formulas: Sequence[Expression]) -> Iterator[Expression]:
    """Yield the operands of `old` in formulas."""
    for formula in formulas:
        for e in f.walk(formula):
            if isinstance(e, f.Old):
                yield e.operand


def unframed(specification: Specification, function: s.Function) -> frozenset[str]:
    """Return the getters that may change anywhere: a sum over one of them says nothing after the call."""
    return frozenset(g.signature for g in specification.readable if all_keys(function, g.signature))
