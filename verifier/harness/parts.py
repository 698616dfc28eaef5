"""Number what the harness of one specification consists of: obligations, parts (functions that evaluate), saved values, quantifiers."""

from __future__ import annotations

from collections.abc import Mapping

from specs import formula as f
from specs import specification as s
from specs.formula import Expression, Position
from specs.specification import Parameter, Specification
from verifier.harness.drawing import Drawing
from verifier.harness.expressions import clauses_of
from verifier.harness.render import Renderer, key_kind

#: What an obligation is about: its kind, its function and its subject (an id where the kind is `unknown`); the same three as in the ledger.
Key = tuple[str, str, str]
CANARY_FALSE: Key = ("canary", "", "canary:false")
CANARY_TRUE: Key = ("canary", "", "canary:true")
SELECTOR: Key = ("unknown", "", "selector")
ETHER: Key = ("unknown", "", "ether")

NOWHERE = Position(0, 0)
KINDS: Mapping[type[s.Clause], str] = {
    s.Initially: "initially",
    s.Deployable: "deployable",
    s.Undeployable: "undeployable",
    s.Invariant: "invariant",
    s.Transition: "transition",
    s.Reverts: "reverts",
    s.Succeeds: "succeeds",
    s.Ensures: "ensures",
    s.EnsuresStrictly: "ensures",  # who breaks it with passive strangers breaks it
    s.Changes: "changes",
    s.Modifies: "modifies",
    s.Pays: "pays",
    s.Emits: "emits",
    s.Equals: "equals",
    s.Assume: "assume",
}


def key_of_clause(x: s.Clause, title: str) -> Key:
    """Return what the obligation of a clause is about."""
    return (KINDS[type(x)], title, x.id)


class Parts:
    """Collect the pieces of one harness. A context is the constructor (0) or a function (from 1 on)."""

    def __init__(self, specification: Specification) -> None:
        self.spec = specification
        self.functions = specification.functions
        self.keys: dict[Key, int] = {}
        self.lines: list[str] = []
        self.olds: dict[tuple[Expression, int], int] = {}
        self.foralls: dict[Expression, int] = {}
        self.omitted: dict[Key, str] = {}
        self.drawing = Drawing()
        self.moments: set[str] = set()  # parts that evaluate to a time or a block number
        self.derived = frozenset(g.signature for g in specification.readable if any(isinstance(c, s.Equals) for c in g.clauses))

    def id(self, kind: str, function: str, subject: str) -> int:
        """Return the number of an obligation."""
        return self.keys.setdefault((kind, function, subject), len(self.keys))

    def part(self, body: str, returns: str) -> str:
        """Add an external function that evaluates something and return its name."""
        return self.block(f"return {body};", returns)

    def block(self, body: str, returns: str) -> str:
        """Add an external function with several statements and return its name."""
        name = f"x{len(self.lines)}"
        self.lines.append(f"    function {name}() external own{f' returns ({returns})' if returns else ''} {{ {body} }}")
        return name

    def entry(self, name: str) -> int | None:
        """Return the number of `receive` or `fallback`; None where the interface has none."""
        return next((i for i, x in enumerate(self.functions) if x.name == name and not x.selector), None)

    def parameters(self, c: int) -> tuple[Parameter, ...]:
        """Return the parameters of a context."""
        return self.spec.constructor.parameters if c == 0 else self.functions[c - 1].parameters

    def returns(self, c: int) -> tuple[Parameter, ...]:
        """Return the results of a context."""
        return self.functions[c - 1].returns if c else ()

    def results(self, c: int) -> tuple[str, ...]:
        """Return the names under which clauses know the return values of a context, as in `Function.results`."""
        return self.functions[c - 1].results if c else ()

    def clauses(self, c: int) -> tuple[s.Clause, ...]:
        """Return the clauses of a context."""
        return clauses_of(self.spec, c)

    def is_view(self, c: int) -> bool:
        """Tell whether a context is a view."""
        return c > 0 and self.functions[c - 1].is_view

    def title(self, c: int) -> str:
        """Return the function that the obligations of a context are about."""
        if c == 0:
            return "constructor"
        fn = self.functions[c - 1]
        return f"view {fn.title}" if fn.is_view else fn.title

    def renderer(self, c: int, after: bool) -> Renderer:
        """Return a renderer of a context's formulas, before the call or after it."""
        variables = {p.name: f"q{c}().m{i}" for i, p in enumerate(self.parameters(c))}
        variables |= {name: f"r{c}().m{i}" for i, name in enumerate(self.results(c)) if name}
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
