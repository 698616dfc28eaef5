"""Write one context, the constructor or a function: what its clauses ask before the call, and what is judged after it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace

from specs import formula as f
from specs import specification as s
from verifier.harness.aims import aim, moment_parts
from verifier.harness.claims import claim, remembered
from verifier.harness.expressions import expressions_of, key_names, result_names
from verifier.harness.hints import evaluates
from verifier.harness.parts import KINDS, Parts, key_of_clause
from verifier.harness.render import NotRendered, Renderer, lower, word
from verifier.harness.tables import Claim, Context, Delta, Old, Open, Part, Premise, Refusal


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


def context(parts: Parts, c: int) -> Context:
    """Return the table of a context."""
    return _Writer(parts, c).write()


class _Writer:
    def __init__(self, parts: Parts, c: int) -> None:
        self.parts = parts
        self.c = c
        self.title = parts.title(c)
        self.view = parts.is_view(c)
        self.clauses = parts.clauses(c)
        self.rows = _Rows()
        self.lost: set[type[s.Clause]] = set()  # kinds of which a clause could not be rendered

    def write(self) -> Context:
        self.collect()
        parts, c, rows, lost = self.parts, self.c, self.rows, self.lost
        emits = [x for x in self.clauses if isinstance(x, s.Emits)]
        names = key_names(parts.spec, c)
        early, keyed = result_names(parts.spec, c)
        invariants = [inv for inv in parts.spec.invariants if ("stable", "", inv.id) not in parts.omitted]
        called_out = c > 0 and not self.view
        return Context(
            result_keys=bool(early),
            emits=bool(emits) and not any(key_of_clause(x, self.title) in parts.omitted for x in emits),
            reachable=self.id("reachable", ""),
            nonpayable=self.id("nonpayable", ""),
            pays=self.id("pays", "pays") if c and s.Pays not in lost and not parts.functions[c - 1].pays_as_ensured else None,
            atomic=self.id("atomic", "") if c else None,
            emits_id=parts.id("emits", self.title, emits[0].id) if emits else None,
            frames=tuple(None if lost & {s.Changes, s.Modifies} else self.id("frame", g.signature) for g in parts.spec.readable),
            invariants=() if self.view else tuple(parts.id("invariant", self.title, inv.id) for inv in invariants),
            callouts=tuple(parts.id("callout", self.title, inv.id) for inv in invariants) if called_out else (),
            load=parts.drawing.load(c, parts.parameters(c), names),
            meet=parts.drawing.meet_results(c, parts.returns(c), parts.results(c), keyed),
            draw=parts.drawing.draw(c, parts.parameters(c), names),
            aim=aim(parts, c),
            times=moment_parts(parts, c, "block.timestamp"),
            numbers=moment_parts(parts, c, "block.number"),
            refusals=tuple(rows.refusals),
            premises=tuple(rows.premises),
            deltas=tuple(rows.deltas),
            opens=tuple(rows.opens),
            dues=tuple(rows.dues),
            emissions=tuple(rows.emissions),
            derived=tuple(rows.derived),
            olds=tuple(rows.olds),
            claims=tuple(rows.claims),
            needs=tuple(self.needs()),
        )

    def id(self, kind: str, subject: str) -> int | None:
        """Return the number of an obligation that views do not have."""
        return None if self.view else self.parts.id(kind, self.title, subject)

    def collect(self) -> None:
        """Turn all clauses into rows."""
        r = self.parts.renderer(self.c, False)
        for x in self.clauses:
            try:
                self.before(x, r)
            except NotRendered as err:
                self.parts.omitted[key_of_clause(x, self.title)] = str(err)
                self.lost.add(type(x))
        self.forgo()
        if self.c > 0 and not self.view:
            for transition in self.parts.spec.transitions:
                self.after(transition)
        for x in self.clauses:
            if isinstance(x, s.Ensures | s.Initially):
                self.after(x)
        if self.parts.returns(self.c):
            decoded = self.parts.id("ensures", self.title, "returns")
            self.rows.claims.append(Claim(decoded, self.parts.block(f"r{self.c}(); return true;", "bool"), 0, False))

    def needs(self) -> Iterator[Open]:
        """Yield the getters of the environment that stand in clauses, at the keys that they have before the call."""
        if self.parts.spec.environment is None:
            return
        r = self.parts.renderer(self.c, False)
        reads = (e for x in self.clauses for formula in expressions_of(x) for e in f.walk(formula))
        for e in dict.fromkeys(e for e in reads if isinstance(e, f.Read) and e.through and evaluates(e)):
            with suppress(NotRendered):  # of no use: what cannot be said is not provided
                yield self.open(s.Location(e.getter, e.arguments), r)

    def forgo(self) -> None:
        """Leave out what would be judged wrongly without the clauses that could not be rendered."""
        why = "a clause that it depends on could not be rendered"
        lost, rows = self.lost, self.rows
        if lost & {s.Reverts, s.Undeployable}:
            rows.refusals = [replace(r, data="") for r in rows.refusals]  # the error may be that of a clause that is missing
            rows.premises = [p for p in rows.premises if p.clause]
            rows.derived = []
        if lost & {s.Changes, s.Modifies}:
            rows.deltas = []
        if s.Pays in lost:
            rows.dues = []
            rows.premises = []  # whether the contract would pay itself is not known
        for x in self.clauses:
            hit = isinstance(x, s.Succeeds | s.Equals) and bool(lost & {s.Reverts, s.Undeployable})
            hit = hit or (isinstance(x, s.Succeeds) and s.Pays in lost)
            hit = hit or (isinstance(x, s.Changes) and bool(lost & {s.Changes, s.Modifies})) or (isinstance(x, s.Pays) and s.Pays in lost)
            if hit:
                self.parts.omitted.setdefault(key_of_clause(x, self.title), why)

    # ------------------------------------------------------------ after the call

    def after(self, x: s.Ensures | s.Initially | s.Transition) -> None:
        """Turn one clause that is evaluated after the call into rows."""
        made = claim(self.parts, KINDS[type(x)], self.title, x, self.c, True)
        if made is None:
            return
        try:
            self.rows.olds += remembered(self.parts, x.formula, self.c)
            self.rows.claims.append(made)
        except NotRendered as err:
            self.parts.omitted[key_of_clause(x, self.title)] = str(err)

    # ------------------------------------------------------------ before the call

    def before(self, x: s.Clause, r: Renderer) -> None:
        """Turn one clause that is evaluated before the call into rows; others make none here."""
        parts, rows = self.parts, self.rows
        match x:
            case s.Reverts() | s.Undeployable():
                rows.refusals.append(self.refusal(x, r))
            case s.Succeeds() if x.mode == "otherwise":
                rows.premises.append(Premise(parts.id("succeeds", self.title, x.id), "", 0))
            case s.Succeeds() | s.Deployable() if x.formula is not None:
                number = parts.id(*key_of_clause(x, self.title))
                rows.premises.append(Premise(number, parts.part(r.condition(x.formula), "bool"), parts.forall(x.formula)))
            case s.Changes():
                rows.deltas += [self.delta(change, parts.id("changes", self.title, x.id), r) for change in x.changes]
            case s.Modifies():
                for location in x.locations:
                    rows.opens.append(self.open(location, r))
            case s.Pays():
                when = "" if x.when is None else f"if (!({r.value(x.when)})) return (to, amount, false); "
                body = f"{when}when_ = true; to = {r.value(x.to)}; amount = {r.value(x.amount)};"
                number = parts.id("pays", self.title, x.id)
                rows.dues.append(Part(number, parts.block(body, "address to, Z memory amount, bool when_")))
            case s.Emits():
                number = parts.id("emits", self.title, x.id)
                if x.event is not None:
                    rows.emissions.append(self.emission(x, x.event, number, r))
            case s.Equals() if self.c > 0:
                t = parts.functions[self.c - 1].returns[0].type
                expected = parts.part(f"abi.encode({lower(r.as_type(x.formula, t), t)})", "bytes memory")
                rows.derived.append(Part(parts.id("equals", self.title, x.id), expected))

    def refusal(self, x: s.Reverts | s.Undeployable, r: Renderer) -> Refusal:
        """Return the row of a clause that says when a call reverts, and with which error."""
        number = self.parts.id(*key_of_clause(x, self.title))
        clause = self.parts.part(r.condition(x.formula), "bool")
        data = ""
        if isinstance(x, s.Reverts) and x.error is not None:
            values = r.natives(x.error.arguments, [p.type for p in x.error.error.parameters])
            data = self.parts.part(f"abi.encodeWithSelector({', '.join([topic(x.error.error.signature, 4), *values])})", "bytes memory")
        return Refusal(number, clause, self.parts.forall(x.formula), data)

    def open(self, location: s.Location, r: Renderer) -> Open:
        """Return the row of a location that may change."""
        i, g = r.getter(location.getter)
        if location.arguments is None:
            return Open(i, "")
        return Open(i, self.parts.part(r.keys(location.arguments, [p.type for p in g.parameters]), "bytes32[] memory"))

    def delta(self, change: s.Change, number: int, r: Renderer) -> Delta:
        """Return the row of an exact difference."""
        i, g = r.getter(change.location.getter)
        keys = r.keys(change.location.arguments, [p.type for p in g.parameters])
        return Delta(number, i, change.sign < 0, self.parts.part(f"({keys}, {r.value(change.amount)})", "bytes32[] memory, Z memory"))

    def emission(self, x: s.Emits, event: s.EventDeclaration, number: int, r: Renderer) -> Part:
        """Return the row of a promised event."""
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
        return Part(number, self.parts.block(body, "bool when_, bytes32[] memory topics, bytes memory data"))


def topic(signature: str, size: int) -> str:
    """Return Solidity that computes an event's topic (32 bytes) or an error's selector (4)."""
    return f'keccak256("{signature}")' if size == 32 else f'bytes4(keccak256("{signature}"))'
