"""Bend a reference in one point: contracts that are plainly wrong, which a specification that says what is wanted refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations

from specs import specification as s
from specs.formula import Read, Sum, Type, walk
from specs.parse import expressions
from specs.reference import Body, Reference

#: How a value of a type is made another one.
OTHER = {"bool": "!{0}", "uint": "{0} + 1", "int": "{0} + 1", "address": "address(uint160({0}) + 1)"}
ZERO = {"bool": "false", "uint": "0", "int": "0", "address": "address(0)"}


@dataclass(frozen=True, slots=True)
class Bent:
    """A wrong contract.

    `function` ("constructor" for the deployment) is where it is wrong; `wrong` and `missing` say in words how, and what would refuse it.
    """

    function: str
    line: int
    wrong: str
    missing: str
    source: str


def bent(made: Reference) -> Iterator[Bent]:
    """Yield all contracts that differ from the reference in one point, and are not written like it."""
    spec, original = made.spec, made.source()
    for fn in spec.entries:
        body = made.bodies[fn.signature]
        for wrong, missing, other in _of_function(spec, fn, body):
            source = made.source({fn.signature: other})
            if source != original:
                yield Bent(fn.title, fn.position.line, f"{fn.title}: one that {wrong}", missing, source)
    for g in spec.getters:
        for wrong, other in _of_deployment(g, made.bodies[""]):
            missing = f"say with `initially` what {g.name} is after deployment"
            yield Bent("constructor", g.position.line, wrong, missing, made.source({"": other}))


def unmentioned(spec: s.Specification) -> Iterator[s.Function]:
    """Yield the getters of which no clause speaks: whatever they answer, every promise is kept."""
    clauses = (*spec.clauses, *spec.constructor.clauses, *(c for fn in spec.functions for c in fn.clauses))
    said = {x.getter for c in clauses for e in expressions(c) for x in walk(e) if isinstance(x, Read)}
    said |= {x.getter for c in clauses for e in expressions(c) for x in walk(e) if isinstance(x, Sum)}
    said |= {x.getter for c in clauses if isinstance(c, s.Modifies) for x in c.locations}
    said |= {c.getter for c in clauses if isinstance(c, s.Environment)}
    yield from (g for g in spec.getters if g.signature not in said and not g.clauses)


def _of_function(spec: s.Specification, fn: s.Function, b: Body) -> Iterator[tuple[str, str, Body]]:
    yield from _state(spec, fn, b)
    yield from _parameters(fn, b)
    if b.payments:
        yield "keeps the ether that it owes", "say with `pays` who is paid", replace(b, payments=())
    yield from _callers(spec, b)
    yield from _events(spec, fn, b)
    for i, p in enumerate(fn.returns):
        if p.type.kind in OTHER:
            name = f"{p.name or 'result'}{i}_r"
            turned = f"unchecked {{ {name} = {OTHER[p.type.kind].format(name)}; }}"
            yield f"returns another {p.name or 'result'}", "say with `ensures` what it returns", replace(b, results=(*b.results, turned))
    if not any(isinstance(c, s.Succeeds) and c.mode == "never" for c in fn.clauses):
        late = "if (block.timestamp % 2 == 1) revert();"
        yield "refuses every second second", "say with `succeeds` when it must succeed", replace(b, checks=(late, *b.checks))


def _state(spec: s.Specification, fn: s.Function, b: Body) -> Iterator[tuple[str, str, Body]]:
    if b.writes:
        yield "changes nothing", "say with `changes` or `ensures` what it does", replace(b, writes=())
    addresses = [f"{p.name}_" for p in fn.parameters if p.type.kind == "address" and p.name]
    for old, new in (("msg.sender", (addresses or ["address(this)"])[0]), *((a, "msg.sender") for a in addresses)):
        turned = tuple(w.replace(f"[{old}]", f"[{new}]") for w in b.writes)
        words = f"changes what belongs to {new.rstrip('_')} where it should be that of {old.rstrip('_')}"
        yield words, "say with `changes`, or with `modifies` and `ensures`, whose entry it is", replace(b, writes=turned)
    for x in (x for c in fn.clauses if isinstance(c, s.Modifies) for x in c.locations):
        g = spec.getter(x.getter)
        kind = g.returns[0].type.kind
        places = [w.split(" = ")[0] for w in b.writes if w.startswith(f"_{g.name}{len(g.parameters)}") and " = " in w]
        if x.arguments is None:
            places = [f"_{g.name}{len(g.parameters)}" + "".join(f"[{_any(p.type)}]" for p in g.parameters)]
        elif not places and not g.parameters:
            places = [f"_{g.name}0"]
        for place in places if kind in OTHER else ():
            written = f"unchecked {{ {place} = {OTHER[kind].format(place)}; }}"
            yield (
                f"leaves another {g.name} behind",
                f"say with `ensures` what {g.name} is afterwards",
                replace(b, writes=(*b.writes, written)),
            )


def _any(t: Type) -> str:
    return {"address": "address(1)", "bool": "true", "fixed_bytes": f"{t.name}(0)", "string": '""', "bytes": '""'}.get(
        t.kind, f"{t.name}(1)"
    )


def _parameters(fn: s.Function, b: Body) -> Iterator[tuple[str, str, Body]]:
    for p in fn.parameters:
        if p.name and p.type.kind in ZERO:
            turned = _renamed(b, {f"{p.name}_": ZERO[p.type.kind]})
            yield f"takes {ZERO[p.type.kind]} for `{p.name}`", f"say in a clause what `{p.name}` is for", turned
    for p, q in combinations([p for p in fn.parameters if p.name], 2):
        if p.type == q.type:
            turned = _renamed(b, {f"{p.name}_": f"{q.name}_", f"{q.name}_": f"{p.name}_"})
            yield f"takes `{p.name}` for `{q.name}`", "say in clauses which is which", turned


def _renamed(b: Body, names: dict[str, str]) -> Body:
    """Return a body that uses other names behind its checks."""
    pattern = re.compile("|".join(rf"\b{re.escape(n)}\b" for n in names))

    def turn(texts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(pattern.sub(lambda m: names[m[0]], x) for x in texts)

    return Body(b.checks, turn(b.locals), turn(b.writes), turn(b.events), turn(b.payments), turn(b.results))


def _callers(spec: s.Specification, b: Body) -> Iterator[tuple[str, str, Body]]:
    mine = [c for c in b.checks if "msg.sender" in c]
    if mine:
        open_to_all = replace(b, checks=tuple(c for c in b.checks if c not in mine))
        yield "lets everybody do what only some may", "say with `only` who may call it", open_to_all
    masters = [g for g in spec.getters if not g.parameters and len(g.returns) == 1 and g.returns[0].type.kind == "address"]
    for g in masters[:1]:
        others = tuple(c for c in b.checks if c not in mine)
        if others:
            guarded = f"if (msg.sender != {g.name}()) {{ {' '.join(others)} }}"
            words = f"lets {g.name} do what it refuses to others"
            yield words, "say with `reverts` that it is refused to everybody", replace(b, checks=(*mine, guarded))


def _events(spec: s.Specification, fn: s.Function, b: Body) -> Iterator[tuple[str, str, Body]]:
    missing = "say with `emits` which events it logs (`emits nothing` for none)"
    if b.events:
        yield "logs no event", missing, replace(b, events=())
        turned = tuple(e.replace("msg.sender", "address(this)") for e in b.events)
        yield "logs this contract for the caller", missing, replace(b, events=turned)
    elif spec.events and not any(isinstance(c, s.Emits) for c in fn.clauses):
        event = next((e for e in spec.events if all(p.type.kind in ZERO for p in e.parameters)), None)
        if event is not None:
            logged = f"emit {event.name}({', '.join(ZERO[p.type.kind] for p in event.parameters)});"
            yield f"logs a {event.name} about nobody", missing, replace(b, events=(logged,))


def _of_deployment(g: s.Function, b: Body) -> Iterator[tuple[str, Body]]:
    if any(isinstance(c, s.Equals) for c in g.clauses) or len(g.returns) != 1 or g.returns[0].type.kind not in OTHER:
        return
    place = f"_{g.name}{len(g.parameters)}" + "".join(
        f"[{'msg.sender' if p.type.kind == 'address' else _any(p.type)}]" for p in g.parameters
    )
    value = f"unchecked {{ {place} = {OTHER[g.returns[0].type.kind].format(place)}; }}"
    words = f"deployment: one after which {g.name}{' of the deployer' if g.parameters else ''} is something else"
    yield words, replace(b, writes=(*b.writes, value))
