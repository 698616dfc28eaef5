"""Write a contract that does what a specification says, as far as its clauses are assignments.

A getter that nothing defines becomes a variable; `changes`, `ensures g(k) == e`, `pays`, `emits` and `reverts` become statements. Such a
contract proves nothing: it is there to be bent, to see whether the specification notices.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from specs import formula as f
from specs import specification as s
from specs.formula import BOOL, Expression, Type
from specs.positional import NOWHERE
from specs.text import to_text

HEAD = ("// SPDX-License-Identifier: MIT", "pragma solidity ^0.8.24;", "")


class NotExecutable(Exception):
    """A clause or a type that is no statement."""


@dataclass(frozen=True, slots=True)
class Body:
    """The statements of one function, by what they are for; `locals` hold what clauses evaluate before the call."""

    checks: tuple[str, ...]
    locals: tuple[str, ...]
    writes: tuple[str, ...]
    events: tuple[str, ...]
    payments: tuple[str, ...]
    results: tuple[str, ...]

    def text(self) -> str:
        """Return the body: checks, writes, events, payments last."""
        return " ".join((*self.checks, *self.locals, *self.writes, *self.events, *self.results, *self.payments))


@dataclass(frozen=True, slots=True)
class Reference:
    """A contract as data: a body for each function's signature (and "" for the constructor)."""

    spec: s.Specification
    bodies: dict[str, Body]

    def source(self, changed: dict[str, Body] | None = None) -> str:
        """Return the contract, some of its bodies exchanged."""
        bodies = self.bodies | (changed or {})
        spec, lines = self.spec, [*HEAD, f"contract {self.spec.name} {{"]
        lines += [f"    enum {t.name} {{ {', '.join(t.members)} }}" for t in spec.enums]
        lines += [f"    struct {t.name} {{ {' '.join(f'{m.name} {n};' for n, m in t.components)} }}" for t in spec.structs]
        lines += [f"    event {e.name}({_listed(e.parameters, '')}){' anonymous' if e.anonymous else ''};" for e in spec.events]
        lines += [f"    error {e.name}({_listed(e.parameters, '')});" for e in spec.errors]
        lines += [f"    {_variable(g)}" for g in spec.getters if _is_stored(g)]
        payable = " payable" if spec.constructor.payable else ""
        lines.append(f"    constructor({_listed(spec.constructor.parameters, 'memory')}){payable} {{ {bodies[''].text()} }}")
        lines += [f"    {_head(fn)} {{ {bodies[fn.signature].text()} }}" for fn in spec.functions]
        return "\n".join([*lines, "}", ""])


def reference(spec: s.Specification) -> Reference | None:
    """Return the reference, None where the specification is not executable, or speaks of another contract."""
    if spec.environment is not None:
        return None
    try:
        bodies = {"": _constructor(spec)} | {fn.signature: _view(spec, fn) if fn.is_view else _entry(spec, fn) for fn in spec.functions}
    except NotExecutable:
        return None
    return Reference(spec, bodies)


# ---------------------------------------------------------------- declarations


def _is_stored(g: s.Function) -> bool:
    return not any(isinstance(c, s.Equals) for c in g.clauses)


def _declare(t: Type, location: str) -> str:
    return f"{t.name} {location}".strip() if t.kind in {"string", "bytes", "array", "struct"} else t.name


def _listed(parameters: tuple[s.Parameter, ...], location: str) -> str:
    return ", ".join(" ".join(x for x in (_declare(p.type, location), "indexed" if p.indexed else "", p.name) if x) for p in parameters)


def _variable(g: s.Function) -> str:
    if len(g.returns) != 1 or any(p.type.kind in {"struct", "array"} for p in (*g.parameters, *g.returns)):
        raise NotExecutable
    t = g.returns[0].type.name
    for p in reversed(g.parameters):
        t = f"mapping({p.type.name} => {t})"
    return f"{t} internal _{g.name}{len(g.parameters)};"


def _place(g: s.Function, keys: tuple[str, ...]) -> str:
    return f"_{g.name}{len(g.parameters)}" + "".join(f"[{k}]" for k in keys)


def _head(fn: s.Function) -> str:
    if fn.name in {"receive", "fallback"}:
        return f"{fn.name}() external{' payable' if fn.payable else ''}"
    mutability = "" if fn.mutability == "nonpayable" else " view" if fn.is_view else f" {fn.mutability}"
    returns = ", ".join(f"{_declare(p.type, 'memory')} {_result(fn, i)}" for i, p in enumerate(fn.returns))
    parameters = ", ".join(f"{_declare(p.type, 'memory')} {_parameter(p, i)}" for i, p in enumerate(fn.parameters))
    return f"function {fn.name}({parameters}) public{mutability}{f' returns ({returns})' if returns else ''}"


def _parameter(p: s.Parameter, i: int) -> str:
    return f"{p.name}_" if p.name else f"unnamed{i}"


def _result(fn: s.Function, i: int) -> str:
    return f"{fn.returns[i].name or 'result'}{i}_r"


# ---------------------------------------------------------------- bodies


class _Writer:
    """Write expressions of one function as Solidity; what they read before the call goes to local variables."""

    def __init__(self, spec: s.Specification, fn: s.Function | None) -> None:
        self.spec, self.fn = spec, fn
        self.locals: list[str] = []

    def text(self, e: Expression) -> str:
        return to_text(self._plain(e))

    def kept(self, e: Expression, t: Type) -> str:
        """Return an expression that means what it meant before the call."""
        plain = self._plain(e)
        if not any(isinstance(x, f.Read | f.Balance) for x in f.walk(e)):
            return to_text(plain)
        name = f"before{len(self.locals)}"
        self.locals.append(f"{_declare(t, 'memory')} {name} = {to_text(plain)};")
        return name

    def _plain(self, e: Expression) -> Expression:
        """Return an expression in which only Solidity is left."""
        match e:
            case f.Old():
                return self._plain(e.operand)
            case f.Variable():
                return replace(e, name=self._name(e))
            case f.Binary(operator="==>"):
                return f.Binary(BOOL, NOWHERE, "||", f.Unary(BOOL, NOWHERE, "!", self._plain(e.left)), self._plain(e.right))
            case f.Binary(operator="<==>"):
                return f.Binary(BOOL, NOWHERE, "==", self._plain(e.left), self._plain(e.right))
            case f.Binary(operator=">", left=f.Binary(operator="+")):
                return self._exceeds(e.left.left, e.left.right, e.right) if isinstance(e.left, f.Binary) else e
            case f.Binary():
                return replace(e, left=self._plain(e.left), right=self._plain(e.right))
            case f.Unary() | f.Cast() | f.Length() | f.Hash() | f.BytesOf() | f.Member():
                return replace(e, operand=self._plain(e.operand))
            case f.Conditional():
                parts = (self._plain(x) for x in (e.condition, e.if_true, e.if_false))
                return f.Conditional(e.type, NOWHERE, *parts)
            case f.Read():
                return replace(e, arguments=tuple(self._plain(a) for a in e.arguments))
            case f.Encode():
                return replace(e, arguments=tuple(self._plain(a) for a in e.arguments))
            case f.Defined() if all(not isinstance(x, f.Read) or self._never_reverts(x) for x in f.walk(e.operand)):
                return f.Literal(BOOL, NOWHERE, True)
            case f.Literal() | f.EnumValue() | f.World():
                return e
            case _:
                raise NotExecutable

    def _exceeds(self, a: Expression, b: Expression, limit: Expression) -> Expression:
        """Write `a + b > limit` without a sum that may not fit; the operands are of at least zero."""
        if not all(x.type.kind in {"uint", "number"} for x in (a, b, limit)):
            raise NotExecutable
        x, y, most = self._plain(a), self._plain(b), self._plain(limit)
        rest = f.Binary(limit.type, NOWHERE, "-", most, y)
        return f.Binary(BOOL, NOWHERE, "||", f.Binary(BOOL, NOWHERE, ">", y, most), f.Binary(BOOL, NOWHERE, ">", x, rest))

    def _never_reverts(self, x: f.Read) -> bool:
        return not any(isinstance(c, s.Reverts | s.Equals) for c in self.spec.getter(x.getter).clauses)

    def _name(self, e: f.Variable) -> str:
        if e.role == "bound":
            raise NotExecutable
        if e.role == "parameter" and self.fn is not None:
            return f"{e.name}_"
        if e.role == "result" and self.fn is not None:
            return next((_result(self.fn, i) for i, p in enumerate(self.fn.returns) if (p.name or "result") == e.name), f"{e.name}0_r")
        return e.name


def _check(w: _Writer, c: s.Reverts) -> str:
    if c.error is None:
        return f"if ({w.text(c.formula)}) revert();"
    if c.error.error.name in {"Error", "Panic"}:
        raise NotExecutable
    return f"if ({w.text(c.formula)}) revert {c.error.error.name}({', '.join(w.text(a) for a in c.error.arguments)});"


def _view(spec: s.Specification, fn: s.Function) -> Body:
    w = _Writer(spec, fn)
    checks = tuple(_check(w, c) for c in fn.clauses if isinstance(c, s.Reverts))
    definition = next((c for c in fn.clauses if isinstance(c, s.Equals)), None)
    if definition is not None:
        returned = w.text(definition.formula)
    else:
        _variable(fn)
        returned = _place(fn, tuple(_parameter(p, i) for i, p in enumerate(fn.parameters)))
    return Body(checks, (), (), (), (), (f"return {returned};",))


def _entry(spec: s.Specification, fn: s.Function) -> Body:
    w = _Writer(spec, fn)
    checks = tuple(_check(w, c) for c in fn.clauses if isinstance(c, s.Reverts))
    writes = [*_changes(w, fn.clauses), *_assignments(w, fn.clauses)]
    events, payments = [], []
    for c in fn.clauses:
        if isinstance(c, s.Emits) and c.event is not None:
            arguments = [w.kept(a, p.type) for a, p in zip(c.arguments, c.event.parameters, strict=True)]
            events.append(_guarded(w, c.when, f"emit {c.event.name}({', '.join(arguments)});"))
        if isinstance(c, s.Pays):
            to, amount = w.kept(c.to, f.ADDRESS), w.kept(c.amount, f.UINT256)
            pay = f'{{ (bool paid, ) = payable({to}).call{{value: {amount}}}(""); require(paid); }}'
            payments.append(_guarded(w, c.when, pay))
    results = tuple(_results(w, fn))
    return Body(checks, tuple(w.locals), tuple(writes), tuple(events), tuple(payments), results)


def _guarded(w: _Writer, when: Expression | None, statement: str) -> str:
    return statement if when is None else f"if ({w.kept(when, BOOL)}) {statement}"


def _changes(w: _Writer, clauses: tuple[s.Clause, ...]) -> Iterator[str]:
    for x in (x for c in clauses if isinstance(c, s.Changes) for x in c.changes):
        g = w.spec.getter(x.location.getter)
        keys = tuple(w.kept(k, p.type) for k, p in zip(x.location.arguments, g.parameters, strict=True))
        yield f"{_place(g, keys)} {'+' if x.sign > 0 else '-'}= {w.kept(x.amount, g.returns[0].type)};"


def _assignments(w: _Writer, clauses: tuple[s.Clause, ...]) -> Iterator[str]:
    """Yield `g(k) = e` for what clauses say of a state afterwards; anything else is left to whoever judges."""
    for c in clauses:
        if not isinstance(c, s.Ensures | s.Initially):
            continue
        for part in f.chain(c.formula, "&&"):
            made = assigned(part)
            if made is None:
                continue
            location, value = made
            g = w.spec.getter(location.getter)
            if not _is_stored(g):
                continue
            try:
                keys = tuple(w.kept(k, p.type) for k, p in zip(location.arguments, g.parameters, strict=True))
                yield f"{_place(g, keys)} = {w.kept(value, g.returns[0].type)};"
            except NotExecutable:
                continue


def assigned(e: Expression) -> tuple[f.Read, Expression] | None:
    """Return the getter that a formula gives a value, and the value, which is known before the call; None where it gives none."""
    if isinstance(e, f.Read) and e.type.kind == "bool":
        return e, f.Literal(BOOL, NOWHERE, True)
    if isinstance(e, f.Unary) and e.operator == "!" and isinstance(e.operand, f.Read):
        return e.operand, f.Literal(BOOL, NOWHERE, False)
    if isinstance(e, f.Binary) and e.operator == "==":
        for a, b in ((e.left, e.right), (e.right, e.left)):
            if isinstance(a, f.Read) and not any(isinstance(x, f.Read) for x in afterwards(b)):
                return a, b
    return None


def answered(e: Expression) -> tuple[f.Variable, Expression] | None:
    """Return the result that a formula gives a value, and the value, which is known before the call; None where it gives none."""
    sides: tuple[tuple[Expression, Expression], ...] = ()
    if isinstance(e, f.Variable):
        sides = ((e, f.Literal(BOOL, NOWHERE, True)),)
    elif isinstance(e, f.Binary) and e.operator == "==":
        sides = ((e.left, e.right), (e.right, e.left))
    for a, b in sides:
        late = any(isinstance(x, f.Read) or (isinstance(x, f.Variable) and x.role == "result") for x in afterwards(b))
        if isinstance(a, f.Variable) and a.role == "result" and not late:
            return a, b
    return None


def afterwards(e: Expression) -> Iterator[Expression]:
    """Yield what of an expression is evaluated after the call."""
    if not isinstance(e, f.Old):
        yield e
        for c in f.children(e):
            yield from afterwards(c)


def _results(w: _Writer, fn: s.Function) -> Iterator[str]:
    for c in fn.clauses:
        if not isinstance(c, s.Ensures):
            continue
        for made in map(answered, f.chain(c.formula, "&&")):
            if made is not None:
                yield f"{w.text(made[0])} = {w.kept(made[1], made[0].type)};"


def _constructor(spec: s.Specification) -> Body:
    w = _Writer(spec, None)
    checks = tuple(f"if ({w.text(c.formula)}) revert();" for c in spec.constructor.clauses if isinstance(c, s.Undeployable))
    return Body(checks, tuple(w.locals), tuple(_assignments(w, spec.constructor.clauses)), (), (), ())
