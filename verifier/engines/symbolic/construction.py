"""The exploration of a deployment: what holds right after it, when it succeeds, and where what it leaves is zero."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from halmos.sevm import Exec
from z3 import unsat

from specs import specification as s
from verifier.engines.symbolic import machine as m
from verifier.engines.symbolic import values as v
from verifier.engines.symbolic import world as w
from verifier.engines.symbolic.aliasing import aliasings
from verifier.engines.symbolic.claims import Claims, unchanged
from verifier.engines.symbolic.encoding import any_keys, fresh, whole, word, zero
from verifier.engines.symbolic.evaluate import Evaluator, Scope
from verifier.engines.symbolic.explore import (
    DEPLOYED_WITH,
    Claim,
    Exploration,
    OnPath,
    PathRecord,
    Probe,
    Subject,
    assume_address,
    deploy,
    fixed_address,
    go_on,
    snapshot,
)
from verifier.engines.symbolic.runs import follow, witness
from verifier.engines.symbolic.snapshot import NotUnderstood
from verifier.engines.symbolic.values import Value, conj, implies, negation


def run_constructor(subject: Subject, *, on_path: OnPath = go_on) -> Exploration:
    """Explore a deployment."""
    out = Exploration("constructor", on_path=on_path)
    c = subject.specification.constructor
    arguments = w.arguments(c.parameters, "_d")
    env, machine, ex, ends = deploy(subject, arguments, out.journal)
    if arguments.bounded:
        out.bounds.append(DEPLOYED_WITH)
    scope = Scope(dict(arguments.values), env.world("", env.value))
    at = snapshot(machine, ex)
    ev = Evaluator(subject.specification, at, scope)
    listed = [
        (x.getter, [ev.evaluate(a) for a in x.arguments])
        for y in c.clauses
        if isinstance(y, s.Modifies)
        for x in y.locations
        if x.arguments is not None
    ]
    keys: dict[str, list[Any]] = {}
    excused: dict[str, list[tuple[Any, Any]]] = {}
    for g, values in listed:
        words = [word(a, p.type) for a, p in zip(values, subject.specification.getter(g).parameters, strict=True)]
        keys.setdefault(g, []).append(tuple(x.term for x in words))
        excused.setdefault(g, []).append((keys[g][-1], conj(*(x.defined for x in words))))
    premises = {x.id: ev.holds(x.formula) for x in c.clauses if isinstance(x, s.Deployable | s.Undeployable)}
    scope.named_keys = keys
    there = tuple(_entry(ev, g) for g in (subject.specification.environment.getters if subject.specification.environment else ()))
    w.pay(ex, env.sender, w.OWN, env.value)
    payable = v.TRUE if c.payable else env.value == 0

    def record(end: Exec) -> list[PathRecord]:
        ok = end.context.output.error is None
        rows: list[Claim] = []
        fixed: list[PathRecord] = []
        for x in c.clauses:
            if isinstance(x, s.Undeployable):
                rows.append(Claim(f"constructor.{x.id}", negation(premises[x.id]) if ok else v.TRUE))
            elif isinstance(x, s.Deployable):
                rows.append(Claim(f"constructor.{x.id}", v.TRUE if ok else negation(conj(premises[x.id], payable))))
        if not c.payable:
            rows.append(Claim("constructor.nonpayable", payable if ok else v.TRUE))
        if ok:
            code = end.context.output.data
            end.code[w.OWN] = m.Code(code)
            if there:
                rows += [_named(subject, machine, code, g) for g, _, _ in there]
                fixed = [PathRecord(tuple(end.path.conditions), tuple(rows), witness(env, arguments), ok)]
                rows = []  # what follows is claimed of deployments that name an address at which a model can stand
            assume_address(subject, snapshot(machine, end))
            if there and end.path.check(v.TRUE) == unsat:
                return fixed
            rows += _constructed(subject, machine, end, env, scope, excused, Probe(subject, subject.probe_of(code)))
            after = Evaluator(subject.specification, snapshot(machine, end), scope)
            rows += [Claim(f"constructor.frame({g.title})", unchanged(after, g.signature, key, old)) for g, key, old in there]
        return [*fixed, PathRecord(tuple(end.path.conditions), tuple(rows), witness(env, arguments), ok)]

    follow(out, ends, machine, record)
    return out


def _named(subject: Subject, machine: m.Machine, code: Any, getter: s.Function) -> Claim:
    """Claim that the code names the environment once and for all: else nothing is known of what its getters were left at."""
    id = f"constructor.frame({getter.title})"
    try:
        return Claim(id, fixed_address(subject, machine, code))
    except NotUnderstood as err:
        return Claim(id, None, str(err))


def _entry(ev: Evaluator, getter: s.Function) -> tuple[s.Function, tuple[Any, ...], Value]:
    """Return a getter's value at any key, and the key."""
    made = [fresh(f"sw_key_{getter.name}_{i}", p.type)[0] for i, p in enumerate(getter.parameters)]
    key = tuple(word(x, p.type).term for x, p in zip(made, getter.parameters, strict=True))
    return getter, key, ev.read(getter.signature, [Value(k) for k in key])


def _constructed(
    subject: Subject,
    machine: m.Machine,
    end: Exec,
    env: w.Environment,
    scope: Scope,
    excused: Mapping[str, Sequence[tuple[Any, Any]]],
    probe: Probe,
) -> list[Claim]:
    claims = Claims(subject, machine, "constructor", env, scope, probe)
    claims.before.aliasings = list(aliasings(scope.named_keys or {}))
    at = snapshot(machine, end)
    # the constructor's frame says that every key that it does not list is zero
    ev = Evaluator(subject.specification, at, Scope(scope.variables, scope.world, {}, scope.named_keys, rest_is_zero=True))
    rows = list(claims.lasting(ev))
    for x in subject.specification.constructor.clauses:
        if isinstance(x, s.Initially):
            rows += list(claims.formula(x.id, ev, x.formula))
    events = [x for x in subject.specification.constructor.clauses if isinstance(x, s.Emits)]
    if events:
        before = Evaluator(subject.specification, at, scope)
        for x in events:
            claims.before.attempt(x.id, lambda x=x: claims.before.evaluate(before, before, x))
        rows += [claims.claim(x.id, lambda: claims.logged(end, [x.id for x in events])) for x in events]
    for o in subject.ledger.obligations:
        if o.function == "constructor" and o.kind == "frame" and not subject.specification.getter(o.subject).is_foreign:
            getter = subject.specification.getter(o.subject)
            made = any_keys(getter)
            key = tuple(word(x, p.type).term for (x, _), p in zip(made, getter.parameters, strict=True))
            rows.append(
                claims.claim(
                    o.id.removeprefix("constructor."), lambda o=o, key=key: _is_zero(ev, o.subject, key, excused.get(o.subject, ()))
                )
            )
    rows.append(Claim("constructor.reachable", v.TRUE))
    return rows


def _is_zero(ev: Evaluator, getter: str, key: tuple[Any, ...], excused: Sequence[tuple[Any, Any]]) -> Any:
    value = ev.read(getter, [Value(k) for k in key])
    listed = [conj(defined, *(a == b for a, b in zip(key, other, strict=True))) for other, defined in excused]
    return v.disj(*listed, implies(value.defined, ev.equal(value.term, zero(whole(ev.specification.getter(getter))))))
