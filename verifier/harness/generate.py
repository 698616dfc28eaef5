"""Turn a specification into what the engine (Engine.t.sol) judges by: a contract of evaluators, and tables that say what each is for.

The contract has one external function per expression of a clause (a *part*); an evaluation that reverts is undefined.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal as Choice

from specs import formula as f
from specs import specification as s
from specs.formula import Expression, Position
from specs.specification import Function, Parameter, Specification
from verifier.harness.drawing import Drawing
from verifier.harness.hints import at_deployment, gaps, hints
from verifier.harness.render import NUMERIC, NotRendered, Renderer, key_kind, located, lower, native, word
from verifier.harness.tables import Claim, Context, Delta, Getter, Old, Open, Part, Premise, Refusal, Table

#: What an obligation is about: its kind, its function and its subject (an id where the kind is `unknown`); the same three as in the ledger.
Key = tuple[str, str, str]
CANARY_FALSE: Key = ("canary", "", "canary.false")
CANARY_TRUE: Key = ("canary", "", "canary.true")
SELECTOR: Key = ("unknown", "", "selector")
ETHER: Key = ("unknown", "", "ether")

#: Clauses that are one formula.
Formulaic = s.Initially | s.Deployable | s.Undeployable | s.Invariant | s.Transition | s.Assume | s.Ensures | s.Equals

NOWHERE = Position(0, 0)
HERE = f.World(f.ADDRESS, NOWHERE, "address(this)")
KINDS: Mapping[type[s.Clause], str] = {
    s.Initially: "initially",
    s.Deployable: "deployable",
    s.Undeployable: "undeployable",
    s.Invariant: "invariant",
    s.Transition: "transition",
    s.Reverts: "reverts",
    s.Succeeds: "succeeds",
    s.Ensures: "ensures",
    s.Changes: "changes",
    s.Modifies: "modifies",
    s.Pays: "pays",
    s.Emits: "emits",
    s.Equals: "equals",
    s.Assume: "assume",
}


@dataclass(frozen=True, slots=True)
class Harness:
    """The harness of one specification.

    `obligations` gives the key of each obligation number; `omitted` says what could not be rendered, by key.
    """

    source: str
    table: Table
    obligations: tuple[Key, ...]
    omitted: Mapping[Key, str]


def generate(specification: Specification) -> Harness:
    """Write the harness of a specification."""
    return _Writer(specification).write()


@dataclass(slots=True)
class _Rows:
    """What a context collects before it becomes a table."""

    refusals: list[Refusal] = field(default_factory=list)
    premises: list[Premise] = field(default_factory=list)
    deltas: list[Delta] = field(default_factory=list)
    opens: list[Open] = field(default_factory=list)
    dues: list[Part] = field(default_factory=list)
    emissions: list[Part] = field(default_factory=list)
    derived: list[Part] = field(default_factory=list)
    olds: list[Old] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)


class _Writer:
    def __init__(self, specification: Specification) -> None:
        self.spec = specification
        self.functions = specification.functions
        self.keys: dict[Key, int] = {}
        self.parts: list[str] = []
        self.olds: dict[tuple[Expression, int], int] = {}
        self.foralls: dict[Expression, int] = {}
        self.omitted: dict[Key, str] = {}
        self.drawing = Drawing()
        self.moments: set[str] = set()  # parts that evaluate to a time or a block number
        self.derived = frozenset(g.signature for g in specification.getters if any(isinstance(c, s.Equals) for c in g.clauses))

    def write(self) -> Harness:
        for key in (CANARY_FALSE, CANARY_TRUE, SELECTOR, ETHER):
            self.id(*key)
        canaries, canary_olds = self.canaries()
        invariants = [self.claim("stable", "", inv, 0, False) for inv in self.spec.invariants]
        assumptions = [self.claim("assume", "", a, 0, False) for a in self.spec.assumptions]
        contexts = [self.context(c) for c in range(1 + len(self.functions))]
        table = Table(
            obligations=len(self.keys),
            canary_true=self.keys[CANARY_TRUE],
            canary_false=self.keys[CANARY_FALSE],
            selector=self.keys[SELECTOR],
            ether=self.keys[ETHER],
            receive=self.entry("receive"),
            fallback=self.entry("fallback"),
            deploy_payable=self.spec.constructor.payable,
            canary_olds=tuple(canary_olds),
            canaries=tuple(canaries),
            invariants=tuple(x for x in invariants if x),
            locked=tuple(inv.locked for inv, x in zip(self.spec.invariants, invariants, strict=True) if x),
            assumptions=tuple(x for x in assumptions if x),
            getters=tuple(self.getters()),
            functions=tuple((x.selector, x.is_view, x.payable) for x in self.functions),
            foralls=tuple(tuple(key_kind(t) for _, t in e.bound) for e in self.foralls if isinstance(e, f.Forall)),
            gaps=tuple(self.gaps()),
            contexts=tuple(contexts),
        )
        reads = list(self.reads())
        lines = [
            "// SPDX-License-Identifier: MIT",
            "pragma solidity ^0.8.24;",
            "",
            'import "./Exact.sol";',
            'import {Base} from "./Base.sol";',
            "",
            *self.drawing.declarations(),
            "",
            "contract Clauses is Base {",
            *reads,
            "",
            *self.drawing.functions(),
            "",
            *self.parts,
            "}",
            "",
        ]
        return Harness("\n".join(lines), table, tuple(self.keys), self.omitted)

    # ------------------------------------------------------------ names

    def id(self, kind: str, function: str, subject: str) -> int:
        """Return the number of an obligation."""
        return self.keys.setdefault((kind, function, subject), len(self.keys))

    def part(self, body: str, returns: str) -> str:
        """Add an external function that evaluates something and return its name."""
        return self.block(f"return {body};", returns)

    def block(self, body: str, returns: str) -> str:
        name = f"x{len(self.parts)}"
        self.parts.append(f"    function {name}() external own{f' returns ({returns})' if returns else ''} {{ {body} }}")
        return name

    def entry(self, name: str) -> int | None:
        return next((i for i, x in enumerate(self.functions) if x.name == name and not x.selector), None)

    def parameters(self, c: int) -> tuple[Parameter, ...]:
        return self.spec.constructor.parameters if c == 0 else self.functions[c - 1].parameters

    def returns(self, c: int) -> tuple[Parameter, ...]:
        return self.functions[c - 1].returns if c else ()

    def clauses(self, c: int) -> tuple[s.Clause, ...]:
        return self.spec.constructor.clauses if c == 0 else self.functions[c - 1].clauses

    def title(self, c: int) -> str:
        if c == 0:
            return "constructor"
        fn = self.functions[c - 1]
        return f"view {fn.title}" if fn.is_view else fn.title

    def key(self, x: s.Clause, title: str) -> Key:
        return (KINDS[type(x)], title, x.id)

    def renderer(self, c: int, after: bool) -> Renderer:
        variables = {p.name: f"q{c}().m{i}" for i, p in enumerate(self.parameters(c))}
        variables |= {result_name(p, i, self.returns(c)): f"r{c}().m{i}" for i, p in enumerate(self.returns(c))}
        return Renderer(self.spec, variables, (lambda e: self.old(e, c)) if after else None, self.part)

    def old(self, e: Expression, c: int) -> tuple[int, bool]:
        """Return the number of a saved value and whether it depends on bound symbols."""
        named = any(isinstance(x, f.Variable) for x in f.walk(e))
        bound = any(isinstance(x, f.Variable) and x.role == "bound" for x in f.walk(e))
        return self.olds.setdefault((e, c if named else -1), len(self.olds)), bound

    def forall(self, e: Expression) -> int:
        """Return the number of a quantifier, counted from 1; 0 for other formulas."""
        if not isinstance(e, f.Forall):
            return 0
        for _, t in e.bound:
            key_kind(t)
        return 1 + self.foralls.setdefault(e, len(self.foralls))

    # ------------------------------------------------------------ claims and what they remember

    def claim(self, kind: str, function: str, x: Formulaic, c: int, after: bool) -> Claim | None:
        """Return a claim of a clause with one formula; None where it cannot be rendered."""
        formula = x.formula
        try:
            forall = self.forall(formula)
            clause = self.part(self.renderer(c, after).condition(formula), "bool")
        except NotRendered as err:
            self.omitted[(kind, function, x.id)] = str(err)
            return None
        enumerated = bool(forall) and any(isinstance(e, f.Old) for e in f.walk(formula))
        return Claim(self.id(kind, function, x.id) if kind != "assume" else 0, clause, forall, enumerated)

    def remembered(self, formula: Expression, c: int) -> Iterator[Old]:
        """Yield what must be saved before the call for every `old` of a formula."""
        r = self.renderer(c, False)
        if isinstance(formula, f.Forall):
            r.bound = {name: i for i, (name, _) in enumerate(formula.bound)}
        for e in f.walk(formula):
            if isinstance(e, f.Old):
                number, bound = self.old(e.operand, c)
                yield Old(number, self.part(f"abi.encode({r.value(e.operand)})", "bytes memory"), self.forall(formula) if bound else 0)

    def canaries(self) -> tuple[list[Claim], list[Old]]:
        """A true claim and a false one about forced ether, through the same path as every clause."""
        here = f.Balance(f.UINT256, NOWHERE, HERE)
        before = f.Old(f.UINT256, NOWHERE, here)
        claims = []
        pairs: tuple[tuple[Key, Choice[">", "=="]], ...] = ((CANARY_TRUE, ">"), (CANARY_FALSE, "=="))
        for key, operator in pairs:
            e = f.Binary(f.BOOL, NOWHERE, operator, here, before)
            claims.append(Claim(self.keys[key], self.part(self.renderer(0, True).condition(e), "bool"), 0, False))
        return claims, list(self.remembered(before, 0))

    # ------------------------------------------------------------ getters

    def getters(self) -> Iterator[Getter]:
        named = {x.getter for c in self.spec.constructor.clauses if isinstance(c, s.Modifies) for x in c.locations}
        formulas = [c.formula for c in self.spec.invariants] + [c.formula for c in self.spec.transitions]
        sums = {e.getter for formula in formulas for e in f.walk(formula) if isinstance(e, f.Sum)}
        for g in self.spec.getters:
            try:
                keys = tuple(key_kind(p.type) for p in g.parameters)
                framed = g.signature not in self.derived and len(keys) <= 3
            except NotRendered:
                keys, framed = (), False
            kind = {"uint": 1, "int": 2, "address": 3}.get(g.returns[0].type.kind, 0) if len(g.returns) == 1 else 0
            yield Getter(g.selector, kind, framed, framed and g.signature in named | sums, keys)

    def reads(self) -> Iterator[str]:
        for i, g in enumerate(self.spec.getters):
            for p in (*g.parameters, *g.returns):
                self.drawing.see(p.type)
            if len(g.returns) != 1:
                continue
            t = g.returns[0].type
            parameters = ", ".join(f"{located(p.type)} k{j}" for j, p in enumerate(g.parameters))
            arguments = "".join(f", k{j}" for j in range(len(g.parameters)))
            call = f"_get(abi.encodeWithSelector(0x{g.selector}{arguments}))"
            yield f"    function g{i}({parameters}) internal returns ({located(t)}) {{ return abi.decode({call}, ({native(t)})); }}"

    # ------------------------------------------------------------ one context: the constructor or a function

    def context(self, c: int) -> Context:
        title, rows = self.title(c), _Rows()
        view = c > 0 and self.functions[c - 1].is_view
        r = self.renderer(c, False)
        lost: set[type[s.Clause]] = set()
        for x in self.clauses(c):
            try:
                self.collect(x, c, title, r, rows)
            except NotRendered as err:
                self.omitted[self.key(x, title)] = str(err)
                lost.add(type(x))
        self.forgo(lost, c, title, rows)
        if c > 0 and not view:
            for transition in self.spec.transitions:
                self.after(transition, c, title, rows)
        for x in self.clauses(c):
            if isinstance(x, s.Ensures | s.Initially):
                self.after(x, c, title, rows)
        if self.returns(c):
            rows.claims.append(Claim(self.id("ensures", title, "returns"), self.block(f"r{c}(); return true;", "bool"), 0, False))
        emits = [x for x in self.clauses(c) if isinstance(x, s.Emits)]
        names = self.key_names(c)
        results = self.result_names(c)
        plain = "" if c == 0 else self.functions[c - 1].title

        def ids(kind: str, subject: str) -> int | None:
            return None if view else self.id(kind, title, subject)

        invariants = [inv for inv in self.spec.invariants if ("stable", "", inv.id) not in self.omitted]
        return Context(
            result_keys=bool(results[0]),
            emits=bool(emits) and not any(self.key(x, title) in self.omitted for x in emits),
            reachable=ids("reachable", ""),
            nonpayable=ids("nonpayable", ""),
            pays=ids("pays", "pays") if c and s.Pays not in lost else None,
            atomic=ids("atomic", "") if c else None,
            emits_id=self.id("emits", title, emits[0].id) if emits else None,
            frames=tuple(None if lost & {s.Changes, s.Modifies} else ids("frame", g.signature) for g in self.spec.getters),
            invariants=() if view else tuple(self.id("invariant", title, inv.id) for inv in invariants),
            callouts=() if view or not plain else tuple(self.id("callout", title, inv.id) for inv in invariants),
            load=self.drawing.load(c, self.parameters(c), names),
            meet=self.drawing.meet_results(c, self.returns(c), results[1]),
            draw=self.drawing.draw(c, self.parameters(c), names),
            aim=self.aim(c),
            times=tuple(p for p, _ in self.hint_parts(c, f.World(f.UINT256, NOWHERE, "block.timestamp"))),
            numbers=tuple(p for p, _ in self.hint_parts(c, f.World(f.UINT256, NOWHERE, "block.number"))),
            refusals=tuple(rows.refusals),
            premises=tuple(rows.premises),
            deltas=tuple(rows.deltas),
            opens=tuple(rows.opens),
            dues=tuple(rows.dues),
            emissions=tuple(rows.emissions),
            derived=tuple(rows.derived),
            olds=tuple(rows.olds),
            claims=tuple(rows.claims),
        )

    def forgo(self, lost: set[type[s.Clause]], c: int, title: str, rows: _Rows) -> None:
        """Leave out what would be judged wrongly without the clauses that could not be rendered."""
        why = "a clause that it depends on could not be rendered"
        if lost & {s.Reverts, s.Undeployable}:
            rows.premises = [p for p in rows.premises if p.clause]
            rows.derived = []
        if lost & {s.Changes, s.Modifies}:
            rows.deltas = []
        if s.Pays in lost:
            rows.dues = []
        for x in self.clauses(c):
            hit = isinstance(x, s.Succeeds | s.Equals) and bool(lost & {s.Reverts, s.Undeployable})
            hit = hit or (isinstance(x, s.Changes) and bool(lost & {s.Changes, s.Modifies})) or (isinstance(x, s.Pays) and s.Pays in lost)
            if hit:
                self.omitted.setdefault(self.key(x, title), why)

    def after(self, x: s.Ensures | s.Initially | s.Transition, c: int, title: str, rows: _Rows) -> None:
        claim = self.claim(KINDS[type(x)], title, x, c, True)
        if claim is None:
            return
        try:
            rows.olds += self.remembered(x.formula, c)
            rows.claims.append(claim)
        except NotRendered as err:
            self.omitted[self.key(x, title)] = str(err)

    def collect(self, x: s.Clause, c: int, title: str, r: Renderer, rows: _Rows) -> None:
        """Turn one clause that is evaluated before the call into rows."""
        match x:
            case s.Reverts() | s.Undeployable():
                number = self.id(*self.key(x, title))
                clause = self.part(r.condition(x.formula), "bool")
                data = ""
                if isinstance(x, s.Reverts) and x.error is not None:
                    values = r.natives(x.error.arguments, [p.type for p in x.error.error.parameters])
                    data = self.part(f"abi.encodeWithSelector({', '.join([topic(x.error.error.signature, 4), *values])})", "bytes memory")
                rows.refusals.append(Refusal(number, clause, self.forall(x.formula), data))
            case s.Succeeds() if x.mode == "otherwise":
                rows.premises.append(Premise(self.id("succeeds", title, x.id), "", 0))
            case s.Succeeds() | s.Deployable() if x.formula is not None:
                rows.premises.append(
                    Premise(self.id(*self.key(x, title)), self.part(r.condition(x.formula), "bool"), self.forall(x.formula))
                )
            case s.Changes():
                rows.deltas += [self.delta(change, self.id("changes", title, x.id), r) for change in x.changes]
            case s.Modifies():
                for location in x.locations:
                    i, g = r.getter(location.getter)
                    keys = (
                        ""
                        if location.arguments is None
                        else self.part(r.keys(location.arguments, [p.type for p in g.parameters]), "bytes32[] memory")
                    )
                    rows.opens.append(Open(i, keys))
            case s.Pays():
                when = "" if x.when is None else f"if (!({r.value(x.when)})) return (to, amount, false); "
                body = f"{when}when_ = true; to = {r.value(x.to)}; amount = {r.value(x.amount)};"
                rows.dues.append(Part(self.id("pays", title, x.id), self.block(body, "address to, Z memory amount, bool when_")))
            case s.Emits():
                number = self.id("emits", title, x.id)
                if x.event is not None:
                    rows.emissions.append(self.emission(x, x.event, number, r))
            case s.Equals() if c > 0:
                t = self.functions[c - 1].returns[0].type
                expected = self.part(f"abi.encode({lower(r.as_type(x.formula, t), t)})", "bytes memory")
                rows.derived.append(Part(self.id("equals", title, x.id), expected))
            case _:
                pass

    def delta(self, change: s.Change, number: int, r: Renderer) -> Delta:
        i, g = r.getter(change.location.getter)
        keys = r.keys(change.location.arguments, [p.type for p in g.parameters])
        return Delta(number, i, change.sign < 0, self.part(f"({keys}, {r.value(change.amount)})", "bytes32[] memory, Z memory"))

    def emission(self, x: s.Emits, event: s.EventDeclaration, number: int, r: Renderer) -> Part:
        topics: list[str] = [] if event.anonymous else [topic(event.signature, 32)]
        data = []
        for p, value in zip(event.parameters, x.arguments, strict=True):
            v = r.as_type(value, p.type)
            if not p.indexed:
                data.append(lower(v, p.type))
            elif p.type.kind in {"string", "bytes"}:
                topics.append(f"keccak256({v})")
            elif p.type.kind in {"struct", "array"}:
                raise NotRendered(f"an indexed parameter of type {p.type.name}")
            else:
                topics.append(word(v, p.type))
        when = "" if x.when is None else f"if (!({r.value(x.when)})) return (false, topics, data); "
        fill = " ".join(f"topics[{i}] = {t};" for i, t in enumerate(topics))
        body = f"{when}when_ = true; topics = new bytes32[]({len(topics)}); {fill} data = abi.encode({', '.join(data)});"
        return Part(number, self.block(body, "bool when_, bytes32[] memory topics, bytes memory data"))

    # ------------------------------------------------------------ what is drawn on purpose

    def formulas(self, c: int) -> list[Expression]:
        found: list[Expression] = []
        for x in self.clauses(c):
            match x:
                case s.Reverts() | s.Undeployable() | s.Deployable() | s.Ensures() | s.Initially() | s.Equals():
                    found.append(x.formula)
                case s.Succeeds() if x.formula is not None:
                    found.append(x.formula)
                case s.Changes():
                    found += [change.amount for change in x.changes]
                case s.Pays() | s.Emits() if x.when is not None:
                    found.append(x.when)
                case _:
                    pass
        if c == 0:
            initially = [x.formula for x in self.spec.constructor.clauses if isinstance(x, s.Initially)]
            later = [e for n in range(len(self.functions)) for e in self.formulas(1 + n)]
            found += at_deployment(initially, [*later, *(inv.formula for inv in self.spec.invariants)])
        return found

    def gaps(self) -> Iterator[str]:
        """Yield parts that evaluate how far apart the numbers are that clauses compare."""
        r = self.renderer(0, False)
        formulas = [e for c in range(1 + len(self.functions)) for e in self.formulas(c)] + [inv.formula for inv in self.spec.invariants]
        for left, right in gaps(formulas)[:8]:
            try:
                yield self.part(f"gap({r.value(left)}, {r.value(right)})", "uint256")
            except NotRendered:
                continue

    def hint_parts(self, c: int, target: Expression) -> list[tuple[str, bool]]:
        """Return parts, each evaluating what the target is compared with to a word, and whether what lies near it is worth a try."""
        r, out = self.renderer(c, False), []
        numeric = target.type.kind in NUMERIC
        for hint in hints(target, self.formulas(c))[:6]:
            try:
                value = f"bytes32(asUint({r.value(hint.value)}, 256))" if numeric else word(r.as_type(hint.value, target.type), target.type)
                name = self.part(value, "bytes32")
                out.append((name, numeric and not hint.exact))
                if isinstance(hint.value, f.World) and hint.value.name.startswith("block."):
                    self.moments.add(name)
            except NotRendered:
                continue
        return out

    def aim(self, c: int) -> str:
        """Add a part that makes the sender, arguments or the value what a clause compares them with; "" where there is none."""
        body: list[str] = []
        role: Choice["deploy", "parameter"] = "deploy" if c == 0 else "parameter"
        slots: list[tuple[Expression, str, int]] = [(f.World(f.ADDRESS, NOWHERE, "msg.sender"), "sender_ = address(uint160(w));", 6)]
        for i, p in enumerate(self.parameters(c)):
            if p.type.kind in {"uint", "int", "address", "fixed_bytes"}:
                assign = f"A{c} memory a = q{c}(); a.m{i} = {self.drawing.from_word('w', p.type)}; args_ = e{c}(a);"
                slots.append((f.Variable(p.type, NOWHERE, p.name, role), assign, 4))
        if self.spec.constructor.payable if c == 0 else self.functions[c - 1].payable:
            slots.append((f.World(f.UINT256, NOWHERE, "msg.value"), "value_ = w;", 6))
        for target, assign, likely in slots:
            rows = self.hint_parts(c, target)
            if not rows:
                continue
            body.append(f"x = engine.next(); if (x % 8 < {likely}) {{")
            for i, (name, near) in enumerate(rows):
                numeric = target.type.kind in NUMERIC
                moment = target.type.kind in NUMERIC and role == "deploy" and name in self.moments
                around = (
                    "w = _after(w, x >> 64);"
                    if moment
                    else "w = _around(w, x >> 64);"
                    if near
                    else "if ((x >> 56) % 6 == 0) w = _around(w, x >> 64);"
                    if numeric
                    else ""
                )
                body.append(f"if ((x >> 8) % {len(rows)} == {i}) {{ (ok, w) = _hint(this.{name}.selector); {around} }}")
            body.append(f"if (ok) {{ {assign} }} }}")
        return self.block(" ".join(["uint256 x; uint256 w; bool ok;", *body]), "") if body else ""

    def key_names(self, c: int) -> frozenset[str]:
        """Return the names of parameters that stand as a key of a getter in some clause; of a view, all."""
        if c > 0 and self.functions[c - 1].is_view:
            return frozenset(p.name for p in self.parameters(c))
        expressions = [e for x in self.clauses(c) for e in expressions_of(x)]
        names = {a.name for e in expressions for y in f.walk(e) if isinstance(y, f.Read) for a in y.arguments if isinstance(a, f.Variable)}
        names |= {a.name for e in expressions for y in f.walk(e) if isinstance(y, f.Sum) for a in y.keys if isinstance(a, f.Variable)}
        locations = [loc for x in self.clauses(c) if isinstance(x, s.Modifies) for loc in x.locations]
        return frozenset(names | {a.name for loc in locations for a in loc.arguments or () if isinstance(a, f.Variable)})

    def result_names(self, c: int) -> tuple[frozenset[str], frozenset[str]]:
        """Return the results that stand in what is evaluated before the call, and those that stand as keys anywhere."""
        early: set[str] = set()
        for x in self.clauses(c):
            if isinstance(x, s.Changes | s.Modifies | s.Pays | s.Emits):
                early |= {y.name for e in expressions_of(x) for y in f.walk(e) if isinstance(y, f.Variable) and y.role == "result"}
        keys = self.key_names(c) | early
        return frozenset(early), frozenset(result_name(p, i, self.returns(c)) for i, p in enumerate(self.returns(c))) & keys


def result_name(p: Parameter, i: int, returns: Sequence[Parameter]) -> str:
    """Return the name under which clauses know a return value."""
    return p.name or ("result" if len(returns) == 1 else f"result{i}")


def expressions_of(x: s.Clause) -> Iterator[Expression]:
    """Yield the expressions of a clause."""
    match x:
        case s.Changes():
            for change in x.changes:
                yield change.location
                yield change.amount
        case s.Modifies():
            for location in x.locations:
                yield from location.arguments or ()
        case s.Pays():
            yield from (e for e in (x.to, x.amount, x.when) if e is not None)
        case s.Emits():
            yield from x.arguments
            if x.when is not None:
                yield x.when
        case s.Reverts():
            yield x.formula
            if x.error is not None:
                yield from x.error.arguments
        case s.Succeeds():
            if x.formula is not None:
                yield x.formula
        case s.Initially() | s.Deployable() | s.Undeployable() | s.Invariant() | s.Transition() | s.Assume() | s.Ensures() | s.Equals():
            yield x.formula
        case _:
            pass


def topic(signature: str, size: int) -> str:
    """Return Solidity that computes an event's topic (32 bytes) or an error's selector (4)."""
    return f'keccak256("{signature}")' if size == 32 else f'bytes4(keccak256("{signature}"))'


__all__ = ["CANARY_FALSE", "CANARY_TRUE", "ETHER", "SELECTOR", "Function", "Harness", "Key", "Table", "generate", "replace"]
