"""Say what clauses mean of one call, in the solver's terms, so that promises can be compared.

A call has a state before and after, arguments, results, an outcome (`ok`, or the data of a revert), ether sent to each address, and a
multiset of events. A promise's *claims* are what a contract must show of a call; its *facts* are the same claims, taken for granted, at
the keys and addresses that somebody mentions: fewer than there are, so what follows from them follows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product

from specs import formula as f
from specs import specification as s
from specs.formula import ADDRESS, UINT256, Expression, Position, Type
from specs.parse import expressions, says_who_accepts
from specs.positional import substitute
from specs.solver import State, Term, Translation, conj, sort_of, within

NOWHERE = Position(0, 0)
THIS = f.World(ADDRESS, NOWHERE, "address(this)")
SENDER = f.World(ADDRESS, NOWHERE, "msg.sender")
PAYEE = f.Variable(ADDRESS, NOWHERE, "any payee", "bound")
MOST_INSTANCES = 200
ROUNDS = 3


def derived(spec: s.Specification) -> dict[str, s.Equals]:
    """Return the definitions of views that have one, by signature."""
    return {g.signature: c for g in spec.getters for c in g.clauses if isinstance(c, s.Equals)}


def stored(spec: s.Specification) -> tuple[s.Function, ...]:
    """Return the getters that frames speak of, those of the environment too."""
    hidden = derived(spec)
    return tuple(g for g in spec.readable if g.signature not in hidden)


def zero_after_deployment(spec: s.Specification) -> frozenset[str]:
    """Return the getters that are zero after deployment wherever they are not listed: those of sums and of the constructor's frame."""
    own = (c for fn in spec.functions for c in fn.clauses)
    everything = (*spec.clauses, *spec.constructor.clauses, *own)
    summed = {x.getter for c in everything for e in expressions(c) for x in f.walk(e) if isinstance(x, f.Sum)}
    locations = [x for c in spec.constructor.clauses if isinstance(c, s.Modifies) for x in c.locations]
    return frozenset((summed | {x.getter for x in locations}) - {x.getter for x in locations if x.arguments is None})


def value_type(getter: s.Function) -> Type:
    """Return the type of what a getter returns; several values are one thing without a name."""
    return getter.returns[0].type if len(getter.returns) == 1 else Type("struct", "several values")


def fresh_keys(getter: s.Function) -> tuple[f.Variable, ...]:
    """Return symbols for any key of a getter."""
    return tuple(f.Variable(p.type, NOWHERE, f"any key {i} of {getter.name}", "bound") for i, p in enumerate(getter.parameters))


@dataclass(slots=True)
class Meaning:
    """The clauses of a function (or of the deployment: None) of a specification whose parameters are positional, in one translation."""

    t: Translation
    spec: s.Specification
    function: s.Function | None
    clauses: tuple[s.Clause, ...]

    @property
    def post(self) -> State:
        return "pre" if self.function is None or self.function.is_view else "post"

    @property
    def ok(self) -> str:
        return self.t.symbol("ok", (), (), "Bool")

    # ------------------------------------------------------------ claims

    def claim(self, c: s.Clause) -> str | None:
        """Return what a clause claims of a call, None where it is judged with others or claims nothing."""
        match c:
            case s.Reverts():
                return self._reverts(c)
            case s.Succeeds():
                return None if c.mode == "never" else f"(=> {self.promised(c)} {self.ok})"
            case s.Deployable():
                return f"(=> {conj(self.t.holds(c.formula, 'pre'), self.paid_for(), self.accepted())} {self.ok})"
            case s.Undeployable():
                return f"(=> {self.t.holds(c.formula, 'pre')} (not {self.ok}))"
            case s.Ensures() | s.Initially() | s.Transition():
                return f"(=> {self.ok} {self.t.holds(c.formula, self.post)})"
            case s.Changes():
                return f"(=> {self.ok} {conj(*map(self._moved, c.changes))})"
            case s.Pays():
                return self.paid(self.t.term(c.to, "pre").text)
            case s.Emits():
                return self.logged(self.t.symbol("any event", (), (), "Data"))
            case s.Equals():
                return self._defines(c)
            case s.Modifies() | s.Invariant() | s.Assume():
                return None
            case _:
                raise AssertionError(f"no meaning is known of {type(c).__name__}")

    def frame(self, getter: s.Function, keys: Sequence[str]) -> str:
        """Claim that a getter is after a success what it was, at keys that are not listed."""
        listed = self.listed(getter)
        if listed is None:
            return "true"
        elsewhere = [f"(not {self.at(getter, arguments, keys)})" for arguments in listed]
        sorts, kind = [p.type for p in getter.parameters], value_type(getter)
        before, after = (self.t.value_at(getter.signature, keys, sorts, kind, state) for state in ("pre", "post"))
        same = f"(and (= {before.defined} {after.defined}) (=> {before.defined} (= {before.text} {after.text})))"
        return f"(=> {conj(self.ok, *elsewhere)} {same})"

    def empty(self, getter: s.Function, keys: Sequence[str]) -> str:
        """Claim that a getter is zero after deployment, at keys that are not listed."""
        locations = [x for c in self.clauses if isinstance(c, s.Modifies) for x in c.locations if x.getter == getter.signature]
        listed = [self.at(getter, x.arguments or (), keys) for x in locations]
        kind = value_type(getter)
        value = self.t.value_at(getter.signature, keys, [p.type for p in getter.parameters], kind, "pre")
        nothing = {"Bool": "false", "Int": "0"}.get(sort_of(kind)) or self.t.symbol(f"no {kind.name}", (), (), "Data")
        return f"(=> {self.ok} (or false {' '.join(listed)} (=> {value.defined} (= {value.text} {nothing}))))"

    def paid(self, who: str) -> str:
        """Claim what an address is sent: nothing more where `ensures` say it."""
        if self.function is not None and self.function.pays_as_ensured:
            return "true"
        pays = [c for c in self.clauses if isinstance(c, s.Pays)]
        sent = self.t.payees[who] = self.t.symbol("sent", (who,), (ADDRESS,), "Int")
        this, defined, due = self.t.term(THIS, "pre").text, [], ["0"]
        for c in pays:
            to, amount, when = self.t.term(c.to, "pre"), self.t.term(c.amount, "pre"), self._when(c.when)
            defined += [to.defined, f"(=> {when} {amount.defined})"]
            due.append(f"(ite {conj(when, f'(= {to.text} {who})', f'(not (= {to.text} {this}))')} {amount.text} 0)")
        total = f"(= {sent} (+ {' '.join(due)}))"
        return f"(=> {self.ok} {conj(*defined, total)})"

    def ether(self) -> str:
        """State that the contract's own ether moves by what is sent along and what it pays to others, and by nothing else."""
        before, after = (self.t.term(f.Balance(UINT256, NOWHERE, THIS), state).text for state in ("pre", "post"))
        this, value = (self.t.term(x, "pre").text for x in (THIS, f.World(UINT256, NOWHERE, "msg.value")))
        if self.function is not None and self.function.pays_as_ensured:  # others, whom nobody mentioned, may be sent the rest
            known = _different([(who,) for who in self.t.payees], ())
            parts = [f"(ite {conj(here, f'(not (= {who} {this}))')} {self.t.payees[who]} 0)" for (who,), here in known]
            own = self.t.symbol("sent", (this,), (ADDRESS,), "Int")
            return f"(=> {self.ok} (and (= {own} 0) (<= (+ {after} 0 {' '.join(parts)}) (+ {before} {value}))))"
        out = []
        for c in (c for c in self.clauses if isinstance(c, s.Pays)):
            to, amount = self.t.term(c.to, "pre").text, self.t.term(c.amount, "pre").text
            out.append(f"(ite {conj(self._when(c.when), f'(not (= {to} {this}))')} {amount} 0)")
        return f"(=> {self.ok} (= (+ {after} 0 {' '.join(out)}) (+ {before} {value})))"

    def logged(self, event: str) -> str | None:
        """Claim how often an event is logged; None where nothing is promised of events."""
        emits = [c for c in self.clauses if isinstance(c, s.Emits)]
        if not emits:
            return None
        count = self.t.symbol("logged", (event,), (Type("bytes", "bytes"),), "Int")
        defined, expected = [], ["0"]
        for c in emits:
            if c.event is None:
                continue
            when = self._when(c.when)
            terms = self._fitting(c.arguments, c.event.parameters)
            types = ",".join(f"{_spelled(p.type)}{' indexed' if p.indexed else ''}" for p in c.event.parameters)
            name = f"event {c.event.name}({types}){' anonymous' if c.event.anonymous else ''}"
            made = self.t.symbol(name, [x.text for x in terms], [p.type for p in c.event.parameters], "Data")
            defined.append(f"(=> {when} {conj(*(x.defined for x in terms))})")
            expected.append(f"(ite {conj(when, f'(= {event} {made})')} 1 0)")
        total = f"(= {count} (+ {' '.join(expected)}))"
        return f"(=> {self.ok} {conj(*defined, total)})"

    # ------------------------------------------------------------ facts

    def facts(self, terms: Sequence[Expression], payees: Iterable[str], *, logs: bool) -> Iterator[str]:
        """Yield what the clauses promise, at these terms and addresses; frames and definitions come by `frames` and `definitions`."""
        for c in self.clauses:
            match c:
                case s.Pays() | s.Emits():
                    continue
                case s.Ensures() | s.Initially() | s.Transition():
                    yield from (f"(=> {self.ok} {fact})" for fact in self.instances(c.formula, self.post, terms))
                case _:
                    made = self.claim(c)
                    if made is not None:
                        yield made
        if self.function is None or not self.function.is_view:
            yield f"(=> (not {self.paid_for()}) (not {self.ok}))"
        if self.function is not None and not self.function.is_view:
            own = [self.t.term(c.to, "pre").text for c in self.clauses if isinstance(c, s.Pays)]
            yield from (self.paid(who) for who in dict.fromkeys([*payees, *own]))
        count = self.logged(self.t.symbol("any event", (), (), "Data")) if logs else None
        if count is not None:
            yield count

    def instances(self, formula: Expression, state: State, terms: Sequence[Expression]) -> Iterator[str]:
        """Yield what a formula says; one with `forall` at the given terms only, so a *sat* that rests on it is inexact."""
        if not isinstance(formula, f.Forall):
            yield self.t.holds(formula, state)
            return
        self.t.exact = False
        choices = [[x for term in terms if (x := _as(term, t)) is not None] for _, t in formula.bound]
        for chosen in islice(product(*choices), MOST_INSTANCES):
            named = {("bound", name): x for (name, _), x in zip(formula.bound, chosen, strict=True)}
            yield self.t.holds(substitute(formula.body, named), state)

    def frames(self) -> Iterator[str]:
        """Yield the frame at every key that was mentioned."""
        for getter in stored(self.spec):
            states: tuple[State, State] = ("pre", "post")
            for keys in dict.fromkeys(k for state in states for k, _ in self.t.reads(getter.signature, state)):
                yield self.frame(getter, keys)

    def sums(self) -> Iterator[str]:
        """Yield how sums moved: by what moved at the listed keys; and that they are at least what was read at different keys.

        Of a getter that the specification lacks nothing is known.

        A listed key without a value is some key that is not listed: what stands there did not move, so it adds nothing.
        """
        both: tuple[State, State] = ("pre", "post")
        states = both if self.post == "post" else both[:1]
        has = {g.signature for g in self.spec.readable}
        for g, lead in dict.fromkeys((g, lead) for state in states for g, lead, _ in self.t.sums(state)):
            if g not in has:  # another version of the specification sums it
                self.t.exact = False
                continue
            getter = self.spec.getter(g)
            types, kind = [p.type for p in getter.parameters], value_type(getter)
            totals = [self.t.total(g, lead, types[: len(lead)], state) for state in states]
            if len(states) == 2:
                yield from self._moved_sum(getter, lead, totals)
            known = tuple(dict.fromkeys(k for state in states for k, _ in self.t.reads(g, state)))
            for state, total in zip(states, totals, strict=True):
                parts = [f"(ite {here} {self.t.counted(g, k, types, kind, state)} 0)" for k, here in _different(known, lead)]
                yield f"(<= (+ 0 0 {' '.join(parts)}) {total})"

    def _moved_sum(self, getter: s.Function, lead: Sequence[str], totals: Sequence[str]) -> Iterator[str]:
        listed = self.listed(getter)
        if listed is None:
            return
        types, kind = [p.type for p in getter.parameters], value_type(getter)
        keys = [tuple(k.text for k in self._fitting(arguments, getter.parameters)) for arguments in listed]
        moved = []
        for k, here in _different(keys, lead):
            after, before = (self.t.counted(getter.signature, k, types, kind, state) for state in ("post", "pre"))
            moved.append(f"(ite {here} (- {after} {before}) 0)")
        yield f"(=> {self.ok} (= {totals[1]} (+ {totals[0]} 0 {' '.join(moved)})))"

    def listed(self, getter: s.Function) -> tuple[tuple[Expression, ...], ...] | None:
        """Return the keys at which a getter may change, None for all."""
        locations = [x for c in self.clauses if isinstance(c, s.Modifies) for x in c.locations if x.getter == getter.signature]
        if any(x.arguments is None for x in locations):
            return None
        changed = [x.location for c in self.clauses if isinstance(c, s.Changes) for x in c.changes]
        return (*(x.arguments or () for x in locations), *(x.arguments for x in changed if x.getter == getter.signature))

    def zeroes(self) -> Iterator[str]:
        """Yield what is zero after deployment, at every key that was mentioned."""
        framed = zero_after_deployment(self.spec)
        listed = {x.getter for c in self.clauses if isinstance(c, s.Modifies) for x in c.locations}
        for getter in self.spec.getters:
            if getter.signature in framed:
                yield from (self.empty(getter, keys) for keys, _ in self.t.reads(getter.signature, "pre"))
        for g, _, total in self.t.sums("pre"):
            if g in framed and g not in listed:
                yield f"(=> {self.ok} (= {total} 0))"

    # ------------------------------------------------------------ parts

    def _when(self, condition: Expression | None) -> str:
        return "true" if condition is None else self.t.holds(condition, "pre")

    def _payable(self) -> bool:
        return self.spec.constructor.payable if self.function is None else self.function.payable or self.function.is_view

    def paid_for(self) -> str:
        """Return that no ether comes where none may come."""
        value = self.t.term(f.World(UINT256, NOWHERE, "msg.value"), "pre").text
        return "true" if self._payable() else f"(= {value} 0)"

    def accepted(self) -> str:
        """Return that every stranger that is called accepts, which is taken for granted where no clause says who does."""
        if self.function is not None and says_who_accepts(self.function):
            return "true"
        return self.t.symbol("strangers accept", (), (), "Bool")

    def promised(self, c: s.Succeeds) -> str:
        """Return when a clause promises that the call succeeds."""
        return conj(self._success(c), *self._favoured())

    def _favoured(self) -> Iterator[str]:
        """Yield under what a success is promised: ether only where it may come, strangers accept, the contract does not pay itself."""
        this = self.t.term(THIS, "pre").text
        yield from (self.paid_for(), self.accepted())
        for c in self.clauses:
            if isinstance(c, s.Pays):
                yield f"(=> {self._when(c.when)} (not (= {self.t.term(c.to, 'pre').text} {this})))"

    def _success(self, c: s.Succeeds) -> str:
        if c.formula is not None:
            return self.t.holds(c.formula, "pre")
        return conj(*(f"(not {self.t.holds(r.formula, 'pre')})" for r in self.clauses if isinstance(r, s.Reverts)))

    def _reverts(self, c: s.Reverts) -> str:
        """The call reverts; where an error is named, with that of any clause that applies."""
        outcome = f"(not {self.ok})"
        if c.error is not None:
            allowed = [conj(self.t.holds(r.formula, "pre"), self._data(r.error)) for r in self.clauses if isinstance(r, s.Reverts)]
            outcome = conj(outcome, f"(or {' '.join(allowed)} false)")
        return f"(=> {conj(self.t.holds(c.formula, 'pre'), self.paid_for())} {outcome})"

    def made(self, call: s.ErrorCall | None) -> str:
        """Return that the arguments of an error have values that fit; any error will do where none is named."""
        return "true" if call is None else conj(*(x.defined for x in self._fitting(call.arguments, call.error.parameters)))

    def _data(self, call: s.ErrorCall | None) -> str:
        if call is None:
            return "true"
        terms = self._fitting(call.arguments, call.error.parameters)
        data = self.t.symbol("revert data", (), (), "Data")
        made = self.t.symbol(f"error {call.error.signature}", [x.text for x in terms], [p.type for p in call.error.parameters], "Data")
        return conj(*(x.defined for x in terms), f"(= {data} {made})")

    def _fitting(self, arguments: Sequence[Expression], parameters: Sequence[s.Parameter]) -> list[Term]:
        return [self._fit(a, p.type) for a, p in zip(arguments, parameters, strict=True)]

    def _fit(self, e: Expression, t: Type) -> Term:
        """Return a value as one of a type: it is defined only where it fits."""
        made = self.t.term(e, "pre")
        return Term(made.text, conj(made.defined, within(made.text, t)))

    def at(self, getter: s.Function, arguments: Sequence[Expression], keys: Sequence[str]) -> str:
        """Return whether keys are those of a listed location."""
        listed = self._fitting(arguments, getter.parameters)
        return conj("true", *(conj(x.defined, f"(= {x.text} {k})") for x, k in zip(listed, keys, strict=True)))

    def _moved(self, x: s.Change) -> str:
        """The value after is the one before with all amounts of this key; all of them have a value."""
        getter, keys = self.spec.getter(x.location.getter), self._keys(x)
        after = self.t.value_at(getter.signature, keys, [p.type for p in getter.parameters], value_type(getter), "post")
        made = self.moved(x)
        return conj(made.defined, after.defined, f"(= {after.text} {made.text})")

    def moved(self, x: s.Change) -> Term:
        """Return what a location is after the call, as an integer that its type need not hold."""
        getter, keys = self.spec.getter(x.location.getter), self._keys(x)
        terms = self._fitting(x.location.arguments, getter.parameters)
        before = self.t.value_at(getter.signature, keys, [p.type for p in getter.parameters], value_type(getter), "pre")
        moved, defined = [before.text], [*(k.defined for k in terms), before.defined]
        for y in (y for c in self.clauses if isinstance(c, s.Changes) for y in c.changes):
            if y.location.getter != x.location.getter:
                continue
            here = self.at(getter, y.location.arguments, keys)
            amount = self.t.term(y.amount, "pre")
            defined.append(f"(=> {here} {amount.defined})")
            moved.append(f"(ite {here} {amount.text if y.sign > 0 else f'(- {amount.text})'} 0)")
        return Term(f"(+ {' '.join(moved)})", conj(*defined))

    def _keys(self, x: s.Change) -> list[str]:
        return [k.text for k in self._fitting(x.location.arguments, self.spec.getter(x.location.getter).parameters)]

    def _defines(self, c: s.Equals) -> str:
        """The view returns the formula's value where it has one that fits, and reverts where not, unless a `reverts` speaks of the call."""
        assert self.function is not None
        returned = self.function.returns[0].type
        result = self.t.term(f.Variable(returned, NOWHERE, "result 0", "result"), "pre").text
        value = self._fit(c.formula, returned)
        free = conj(*(f"(not {self.t.holds(r.formula, 'pre')})" for r in self.clauses if isinstance(r, s.Reverts)))
        return f"(=> {free} (and (= {self.ok} {value.defined}) (=> {self.ok} (= {result} {value.text}))))"


def definitions(t: Translation, spec: s.Specification) -> Iterator[str]:
    """Yield what `equals` says of each view that was read; a view that may revert otherwise is left open, and makes a *sat* inexact."""
    seen: set[tuple[str, State, tuple[str, ...]]] = set()
    known = derived(spec)
    states: tuple[State, State] = ("pre", "post")
    for _ in range(ROUNDS):
        found = [(g, state, keys) for g in known for state in states for keys, _ in t.reads(g, state) if (g, state, keys) not in seen]
        for g, state, keys in found:
            seen.add((g, state, keys))
            getter = spec.getter(g)
            if any(isinstance(c, s.Reverts) for c in getter.clauses):
                t.exact = False
                continue
            t.given.update((f"parameter {i}", k) for i, k in enumerate(keys))
            value = t.term(known[g].formula, state)
            t.given.clear()
            read = t.value_at(g, keys, [p.type for p in getter.parameters], value_type(getter), state)
            fits = conj(value.defined, within(value.text, value_type(getter)))
            inside = conj("true", *(within(k, p.type) for k, p in zip(keys, getter.parameters, strict=True)))
            yield f"(=> {inside} (and (= {read.defined} {fits}) (=> {fits} (= {read.text} {value.text}))))"


def terms_of(clauses: Iterable[s.Clause], function: s.Function | None) -> tuple[Expression, ...]:
    """Return the terms at which quantified facts are used: symbols, values of the call and literals; they mean the same in both states."""
    found: dict[Expression, None] = {SENDER: None, THIS: None, PAYEE: None}
    if function is not None:
        found |= {f.Variable(p.type, NOWHERE, f"parameter {i}", "parameter"): None for i, p in enumerate(function.parameters)}
    for c in clauses:
        for e in expressions(c):
            for x in f.walk(e):
                if isinstance(x, f.Variable | f.World | f.EnumValue | f.Literal) and not isinstance(getattr(x, "value", None), str):
                    found[x] = None
    return tuple(found)


def _different(keys: Sequence[tuple[str, ...]], lead: Sequence[str]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield each key with the condition that it begins as asked and is none of those before it."""
    for i, key in enumerate(keys):
        begins = [f"(= {a} {b})" for a, b in zip(key, lead, strict=False)]
        earlier = [f"(not {conj('true', *(f'(= {a} {b})' for a, b in zip(key, other, strict=True)))})" for other in dict.fromkeys(keys[:i])]
        yield key, conj("true", *begins, *earlier)


def _as(term: Expression, t: Type) -> Expression | None:
    """Return a term as one of a type, None where it is none."""
    if term.type == t:
        return term
    if isinstance(term, f.Literal) and isinstance(term.value, int) and not isinstance(term.value, bool) and t.kind in {"uint", "int"}:
        low = 0 if t.kind == "uint" else -(2 ** (t.bits - 1))
        return f.Literal(t, NOWHERE, term.value) if low <= term.value < low + 2**t.bits else None
    return None


def _spelled(t: Type) -> str:
    inner = ",".join(_spelled(c) for _, c in t.components)
    return f"{t.name}{'{' + ','.join(t.members) + '}' if t.members else ''}{f'({inner})' if inner else ''}"
