"""One checked run of a function: what it is given, what is evaluated before it, and what may be assumed.

Everything that a clause says of the state before the call is evaluated there once and kept in a local; what is asserted afterwards reads
the state as it is then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice, product

from specs import formula as f
from specs import specification as s
from specs.formula import Expression, Type
from verifier.engines.horn.exact import LARGEST, NotOffered, Renderer, Term, both, choose, compare, either, negate
from verifier.engines.horn.readings import Readings
from verifier.engines.horn.refuse import PREFIX

LARGEST_INSTANCES = 6
ETHER = 1 << 128
TIME = 1 << 64
#: What decodes arguments refuses longer arrays (Source: solc's ABI decoder, `length > 0xffffffffffffffff`).
LONGEST_ARRAY = (1 << 64) - 1


@dataclass(slots=True)
class Listed:
    """A location that a function may change, evaluated before the call."""

    getter: str
    keys: tuple[Term, ...]
    old: str
    amount: Term | None
    sign: int
    clause: str


@dataclass(slots=True)
class Scene:
    """One checked run: its parameters, what is evaluated before the call, and what is asserted after it."""

    readings: Readings
    specification: s.Specification
    payable: bool = False
    parameters: list[str] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)
    results: dict[str, tuple[str, Type]] = field(default_factory=dict)
    bound: dict[str, str] = field(default_factory=dict)  # symbols of the claim's `forall`: they hide what the function calls so
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    guards: list[str] = field(default_factory=list)
    terms: list[tuple[str, str]] = field(default_factory=list)  # type and text of what quantified assumptions are used at
    listed: list[Listed] = field(default_factory=list)
    olds: dict[Expression, Term] = field(default_factory=dict)
    sums: dict[str, str] = field(default_factory=dict)
    count: int = 0

    def fresh(self) -> str:
        self.count += 1
        return f"{PREFIX}v{self.count}"

    def bind(self, t: Type, name: str) -> str:
        """Add an arbitrary value as a parameter."""
        if t.kind not in {"uint", "address", "bool", "fixed_bytes"}:
            raise NotOffered(f"an arbitrary {t.name}")
        self.parameters.append(f"{t.name} {name}")
        self.terms.append((t.name, name))
        return name

    def keep(self, kind: str, text: str) -> str:
        """Evaluate something before the call and return the local that keeps it."""
        if text in {"msg.sender", "true", "false"} or (text.startswith(PREFIX) and text.isidentifier()):
            return text
        name = self.fresh()
        self.before.append(f"{kind} {name} = {text};")
        return name

    def keep_term(self, kind: str, term: Term) -> Term:
        """Evaluate a term before the call, with what it needs to be right."""
        return Term(self.keep(kind, term.text), tuple(self.keep("bool", x) for x in term.fits))

    # ------------------------------------------------------------ rendering

    def pre(self) -> Renderer:
        """Return the renderer of the state before the call; results stand for arbitrary values that turn out to be returned."""
        return Renderer(self.readings.read, {**self.variables, **_Fresh(self).all(), **self.bound}, None, self.payable, self._sum_before)

    def post(self) -> Renderer:
        """Return the renderer of the state after the call."""
        named = {n: text for n, (text, _) in self.results.items()}
        return Renderer(self.readings.read, {**self.variables, **named, **self.bound}, self.olds.__getitem__, self.payable, self._sum_after)

    def keep_olds(self, formula: Expression) -> None:
        """Evaluate what stands in `old` before the call."""
        for e in f.walk(formula):
            if isinstance(e, f.Old) and e.operand not in self.olds:
                self.olds[e.operand] = self._kept(e.operand)

    def _kept(self, operand: Expression) -> Term:
        pre = self.pre()
        if operand.type.kind == "bool":
            truth = pre.truth(operand)
            yes = self.keep("bool", truth.yes)
            return Term(yes) if truth.no is None else Term(yes, (self.keep("bool", either(truth.yes, truth.no)),))
        if any(isinstance(e, f.Sum) for e in f.walk(operand)):
            return Term(self._whole_sum(operand))
        return self.keep_term(kind_of(operand.type), pre.term(operand))

    def _whole_sum(self, operand: Expression) -> str:
        if not isinstance(operand, f.Sum):
            raise NotOffered("an old value computed from a sum")
        return self._symbol(operand)

    def _sum_before(self, e: f.Sum) -> tuple[list[Term], list[Term]]:
        return [Term(self._symbol(e))], []

    def _symbol(self, e: f.Sum) -> str:
        if e.keys:
            raise NotOffered("a sum with a leading key")
        if not any(bounds(inv.formula, e) for inv in self.specification.invariants):
            raise NotOffered("a sum that no invariant bounds by a word")
        if e.getter not in self.sums:
            self.sums[e.getter] = f"{PREFIX}s{len(self.sums)}"
            self.parameters.append(f"uint256 {self.sums[e.getter]}")
        return self.sums[e.getter]

    def _sum_after(self, e: f.Sum) -> tuple[list[Term], list[Term]]:
        """sum' = sum + Σ(new − old) over the keys that are listed, each once; that no other moves is the frame's obligation."""
        out, fits = self._symbol(e), []
        listed = list(self.distinct(e.getter))
        for first, x in listed:
            fits += [z for k in x.keys for z in k.fits]
            out = self._step(out, "-", choose(first, x.old), fits)
        for first, x in listed:
            new = self.readings.read(e.getter, [k.text for k in x.keys])
            fits += new.fits
            out = self._step(out, "+", choose(first, f"uint256({new.text})"), fits)
        return [Term(out, tuple(fits))], []

    def _step(self, left: str, operator: str, right: str, fits: list[str]) -> str:
        """Add or subtract after the call, and note that the result fits."""
        moved, out = self.fresh(), self.fresh()
        self.after += [f"uint256 {moved} = {right};", f"uint256 {out} = {left} {operator} {moved};"]
        fits.append(f"{moved} <= {left}" if operator == "-" else f"{left} <= {LARGEST} - {moved}")
        return out

    def distinct(self, getter: str) -> Iterator[tuple[str, Listed]]:
        """Yield the listed locations of a getter with the condition that no earlier one is the same."""
        seen: list[Listed] = []
        for x in self.listed:
            if x.getter == getter:
                yield both(*(negate(same(x, y)) for y in seen)), x
                seen.append(x)

    # ------------------------------------------------------------ assumptions

    def assume(self) -> None:
        """Require the invariants that can be stated, at the terms that the run mentions; what cannot be stated is not assumed."""
        for inv in self.specification.invariants:
            summed = {e.getter for e in f.walk(inv.formula) if isinstance(e, f.Sum)}
            if not summed <= {*self.sums, *(x.getter for x in self.listed)}:
                continue
            for variables in self._instances(inv.formula):
                body = inv.formula.body if isinstance(inv.formula, f.Forall) else inv.formula
                try:
                    renderer = self.pre()
                    renderer.variables = {**renderer.variables, **variables}
                    self.guards.append(renderer.truth(body).possible)
                except NotOffered:
                    break
        for getter, symbol in self.sums.items():
            olds = [Term(choose(first, x.old), tuple(z for k in x.keys for z in k.fits)) for first, x in self.distinct(getter)]
            self.guards.append(compare("<=", olds, [Term(symbol)]).possible)

    def _instances(self, formula: Expression) -> Iterator[Mapping[str, str]]:
        if not isinstance(formula, f.Forall):
            yield {}
            return
        choices = [[text for name, text in self.terms if name == t.name] for _, t in formula.bound]
        for chosen in islice(product(*choices), LARGEST_INSTANCES):
            yield {name: text for (name, _), text in zip(formula.bound, chosen, strict=True)}

    def world(self, text: str) -> Iterator[str]:
        """Yield what is known of the chain and of arguments, where the text looks at it."""
        for p in self.parameters:
            kind, _, name = p.rpartition(" ")
            if kind.endswith("[] calldata") and f"{name}.length" in text:
                yield f"{name}.length <= {LONGEST_ARRAY}"
        if "block.timestamp" in text:
            yield f"block.timestamp < {TIME}"
        if "block.number" in text:
            yield f"block.number < {TIME}"
        if self.payable:
            yield f"msg.value < {ETHER}"


class _Fresh:
    """Results as keys before the call: arbitrary values, which turn out to be what is returned."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene

    def all(self) -> dict[str, str]:
        return {
            n: f"{PREFIX}r{i}" for i, (n, (_, t)) in enumerate(self.scene.results.items()) if t.kind in {"uint", "address", "fixed_bytes"}
        }


def same(x: Listed, y: Listed) -> str:
    """Return the condition that two listed locations have the same key."""
    return both(*(f"{a.text} == {b.text}" for a, b in zip(x.keys, y.keys, strict=True)))


def bounds(formula: Expression, e: f.Sum) -> bool:
    """Tell whether a formula, where it is true, keeps a sum within a word."""
    if isinstance(formula, f.Binary) and formula.operator == "&&":
        return bounds(formula.left, e) or bounds(formula.right, e)
    if not isinstance(formula, f.Binary) or formula.operator not in {"==", "<=", "<", ">=", ">"}:
        return False
    left, right = formula.left, formula.right
    if formula.operator in {">=", ">"}:
        left, right = right, left
    pairs = [(left, right), (right, left)] if formula.operator == "==" else [(left, right)]
    return any(isinstance(a, f.Sum) and a.getter == e.getter and a.keys == e.keys and isinstance(b, f.Read) for a, b in pairs)


def kind_of(t: Type) -> str:
    if t.kind in {"uint", "number", "enum"}:
        return "uint256"
    if t.kind in {"address", "bool", "fixed_bytes"}:
        return t.name
    raise NotOffered(f"a value of type {t.name}")
