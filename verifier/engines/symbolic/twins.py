"""Two versions of a contract side by side: does a function do the same in both, from every state that the specification allows?

Where the original's path ends, the other version begins in the same state, knowing what that path knows. Both must succeed or both revert,
with the same answer, events and storage; what a refusal says does not count. Followed is only what concerns nobody else: a call-out, and a
question about somebody else's code, is not understood.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeAlias

from halmos.bytevec import ByteVec
from halmos.exceptions import HalmosException
from halmos.sevm import EventLog, Exec, Message
from halmos.utils import uint256
from z3 import BitVec, BoolRef, Select, ZeroExt

from specs import specification as s
from verifier.engines.symbolic import machine as m
from verifier.engines.symbolic import trace
from verifier.engines.symbolic import values as v
from verifier.engines.symbolic import world as w
from verifier.engines.symbolic.claims import Claims
from verifier.engines.symbolic.evaluate import Scope
from verifier.engines.symbolic.explore import (
    DEPLOYED_WITH,
    Claim,
    Exploration,
    OnPath,
    PathRecord,
    Probe,
    Subject,
    deploy,
    go_on,
    immutables,
    in_any_state,
    installed,
    snapshot,
)
from verifier.engines.symbolic.runs import DYNAMIC_LENGTHS, Deployed, calldata, follow, note_bounds
from verifier.engines.symbolic.storage import initial_words
from verifier.engines.symbolic.task import Twin

#: The other version where the original began; what is known at the end of the original's path is not known there yet.
Begin: TypeAlias = Callable[[], tuple[m.Machine, Exec]]


def run_twin_deployments(subject: Subject, other: Twin, *, on_path: OnPath = go_on) -> Exploration:
    """Explore the deployment of both versions; the immutables in their codes must have the same values, too."""
    out = Exploration("constructor twice", on_path=on_path)
    arguments = w.arguments(subject.specification.constructor.parameters, "_d")
    if arguments.bounded:
        out.bounds.append(DEPLOYED_WITH)
    env, machine, ex, ends = deploy(subject, arguments, out.journal)
    w.pay(ex, env.sender, w.OWN, env.value)

    def begin() -> tuple[m.Machine, Exec]:
        _, again, twin, _ = deploy(replace(subject, creation=other.creation), arguments, out.journal)
        return again, twin

    def same_code(a: Exec, b: Exec) -> BoolRef:
        mine, others = immutables(a.context.output.data, subject.runtime), immutables(b.context.output.data, other.runtime)
        return v.conj(*(_same_bytes(mine[name], others[name]) for name in mine)) if mine.keys() == others.keys() else v.FALSE

    _side_by_side(out, "constructor", machine, ex, ends, begin, same_code)
    return out


def run_twins(
    subject: Subject, deployed: Deployed, function: s.Function, other: Twin, *, locked: bool, on_path: OnPath = go_on
) -> Exploration:
    """Explore a function in both versions; the claim that they do the same is named as the function is."""
    out = Exploration(f"{function.title} twice{' locked' if locked else ''}", bounds=[*deployed.bounds], on_path=on_path)
    lengths = DYNAMIC_LENGTHS if any(p.type.is_dynamic for p in function.parameters) else (32,)
    for template in deployed.templates:
        for length in lengths:
            _once(out, subject, template, function, other, locked, length)
    if len(lengths) > 1:
        out.bounds.append(f"dynamic arguments of {', '.join(map(str, lengths))} bytes")
    return out


def _once(out: Exploration, subject: Subject, template: w.Template, function: s.Function, other: Twin, locked: bool, length: int) -> None:
    env = w.Environment("_c")
    arguments = w.arguments(function.parameters, "_c", length)
    message = Message(
        target=w.OWN,
        caller=env.sender,
        origin=env.origin,
        value=uint256(0) if function.is_view else uint256(ZeroExt(128, env.value)),
        data=calldata(function, arguments, length),
        call_scheme=m.OP_STATICCALL if function.is_view else m.OP_CALL,
        is_static=function.is_view,
    )
    twin_template = replace(template, code=installed(template.code, subject.runtime, other.runtime))

    def state(of: w.Template) -> tuple[m.Machine, Exec]:
        return in_any_state(subject, of, env, message, out.journal, itself=None, reading=function.is_view)

    machine, ex = state(template)
    w.assume(ex, *arguments.facts)
    scope = Scope(dict(arguments.values), env.world(function.selector, None if function.is_view else env.value))
    claims = Claims(subject, machine, function.title, env, scope, Probe(subject, template.probe))
    pre = snapshot(machine, ex)
    claims.before.prepare(pre, None if function.is_view else function, () if function.is_view else function.clauses)
    claims.assume(pre, locked=locked)
    if not function.is_view:
        w.pay(ex, env.sender, w.OWN, env.value)
    _side_by_side(out, function.title, machine, ex, machine.run(ex), lambda: state(twin_template), _same_answer)


def _side_by_side(
    out: Exploration,
    title: str,
    machine: m.Machine,
    ex: Exec,
    ends: Iterator[Exec],
    begin: Begin,
    same_output: Callable[[Exec, Exec], BoolRef],
) -> None:
    """Follow every path of the original, and on from its end every path of the other version; claim of each pair that it ends alike."""
    machine.on_callout = _refuse
    balance = ex.balance

    def record(end: Exec) -> list[PathRecord]:
        again, twin = begin()
        again.on_callout = _refuse
        for condition, branching in end.path.conditions.items():
            twin.path.append(condition, branching)
        twin.balance, twin.cnts, twin.sha3s = balance, end.cnts.copy(), end.sha3s.copy()
        twin.storages, twin.balances = end.storages.copy(), end.balances.copy()
        found = []
        for other in again.run(twin):
            if other.context.is_stuck():
                out.incomplete.append(f"a path could not be followed: {other.context.get_stuck_reason()}")
                continue
            found.append(PathRecord(tuple(other.path.conditions), (Claim(title, _alike(end, other, same_output)),)))
        note_bounds(out, again)
        if machine.invented or again.invented:
            out.incomplete.append("it asks about somebody else")
        return found

    follow(out, ends, machine, record)


def _refuse(_: Exec, mark: m.CallOut) -> None:
    raise HalmosException(f"a call of {mark.to}")


def _alike(a: Exec, b: Exec, same_output: Callable[[Exec, Exec], BoolRef]) -> BoolRef:
    """Return that two calls from one state end alike."""
    if a.context.output.error is not None or b.context.output.error is not None:
        return v.TRUE if a.context.output.error is not None and b.context.output.error is not None else v.FALSE
    events = [*trace.logs(a.context)], [*trace.logs(b.context)]
    if len(events[0]) != len(events[1]) or not a.balance.eq(b.balance):
        return v.FALSE
    return v.conj(
        same_output(a, b),
        *(_same_event(x, y) for x, y in zip(*events, strict=True)),
        *_same_storage(a, b, transient=False),
        *_same_storage(a, b, transient=True),
    )


def _same_answer(a: Exec, b: Exec) -> BoolRef:
    return _same_bytes(a.context.output.data, b.context.output.data)


def _same_bytes(a: ByteVec | None, b: ByteVec | None) -> BoolRef:
    x, y = a if a is not None else ByteVec(), b if b is not None else ByteVec()
    if len(x) != len(y):
        return v.FALSE
    return v.as_bits(x) == v.as_bits(y) if len(x) else v.TRUE


def _same_event(a: EventLog, b: EventLog) -> BoolRef:
    if len(a.topics) != len(b.topics):
        return v.FALSE
    topics = (uint256(x).as_z3() == uint256(y).as_z3() for x, y in zip(a.topics, b.topics, strict=True))
    return v.conj(*topics, _same_bytes(a.data, b.data))


def _same_storage(a: Exec, b: Exec, *, transient: bool) -> Iterator[BoolRef]:
    """Yield that words are the same, and maps at any key."""
    mine, others = ((e.transient_storage if transient else e.storage)[w.OWN] for e in (a, b))
    x, y = mine._mapping, others._mapping
    for place in dict.fromkeys([*x, *y]):
        initial = initial_words(place, x.get(place, y.get(place)), transient=transient, symbolic=mine.symbolic)
        first, second = x.get(place, initial), y.get(place, initial)
        if first.eq(second):
            continue
        if place[1]:
            key = BitVec("sw_key", first.sort().domain().size())
            first, second = Select(first, key), Select(second, key)
        yield first == second
