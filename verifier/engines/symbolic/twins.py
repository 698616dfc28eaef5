"""Two versions of a contract side by side: does a function do the same in both, from every state that the specification allows?

Where the original's path ends, the other version begins in the same state, knowing what that path knows. Both must succeed or both revert,
with the same answer, events and storage; what a refusal says does not count. Followed is only what concerns nobody else: a call-out, and a
question about somebody else's code, is not understood.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass

from halmos.bytevec import ByteVec
from halmos.exceptions import HalmosException
from halmos.sevm import CallContext, EventLog, Exec, Message, Path, State
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
    Claim,
    Exploration,
    OnPath,
    PathRecord,
    Probe,
    Subject,
    go_on,
    in_any_state,
    installed,
    machine_for,
    snapshot,
)
from verifier.engines.symbolic.runs import DYNAMIC_LENGTHS, Deployed, calldata, follow, note_bounds
from verifier.engines.symbolic.storage import initial_words
from verifier.runtime import Runtime


@dataclass(frozen=True, slots=True)
class _Start:
    """Where both begin: a state before any code has run, and the call."""

    state: Exec
    message: Message
    env: w.Environment


def run_twins(
    subject: Subject, deployed: Deployed, function: s.Function, other: Runtime, *, locked: bool, on_path: OnPath = go_on
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


def _once(
    out: Exploration, subject: Subject, template: w.Template, function: s.Function, other: Runtime, locked: bool, length: int
) -> None:
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
    machine, ex = in_any_state(subject, template, env, message, out.journal, itself=None, reading=function.is_view)
    w.assume(ex, *arguments.facts)
    scope = Scope(dict(arguments.values), env.world(function.selector, None if function.is_view else env.value))
    claims = Claims(subject, machine, function.title, env, scope, Probe(subject, template.probe))
    pre = snapshot(machine, ex)
    claims.before.prepare(pre, None if function.is_view else function, () if function.is_view else function.clauses)
    claims.assume(pre, locked=locked)
    if not function.is_view:
        w.pay(ex, env.sender, w.OWN, env.value)
    machine.on_callout = _refuse
    start = _Start(_copy(ex, ex, message, env, machine), message, env)
    code = m.Code(installed(template.code, subject.runtime, other))

    def record(end: Exec) -> list[PathRecord]:
        if machine.invented:
            out.incomplete.append("it asks about somebody else")
        return [*_again(out, subject, start, end, code, function.title)]

    follow(out, machine.run(ex), machine, record)


def _refuse(_: Exec, mark: m.CallOut) -> None:
    raise HalmosException(f"a call of {mark.to}")


def _again(out: Exploration, subject: Subject, start: _Start, end: Exec, code: m.Code, title: str) -> Iterator[PathRecord]:
    """Yield the paths of the other version under the conditions of a finished one, and claim of each that it ends alike."""
    machine = machine_for(subject, out.journal)
    machine.on_callout = _refuse
    ex = _copy(start.state, end, start.message, start.env, machine)
    ex.code[w.OWN] = ex.pgm = code
    for twin in machine.run(ex):
        if twin.context.is_stuck() or machine.invented:
            out.incomplete.append(
                f"a path could not be followed: {twin.context.get_stuck_reason() if twin.context.is_stuck() else 'others'}"
            )
            return
        yield PathRecord(tuple(twin.path.conditions), (Claim(title, _alike(end, twin)),))
    note_bounds(out, machine)


def _copy(state: Exec, known: Exec, message: Message, env: w.Environment, machine: m.Machine) -> Exec:
    """Return a state in which a call begins, with what is known at another moment of the same history."""
    path = Path(m.branch_solver(machine.options))
    for condition, branching in known.path.conditions.items():
        path.append(condition, branching)
    return Exec(
        code=dict(state.code),
        storage=deepcopy(state.storage),
        transient_storage=deepcopy(state.transient_storage),
        balance=state.balance,
        block=env.block(),
        context=CallContext(message=message),
        callback=None,
        pgm=state.pgm,
        st=State(),
        jumpis={},
        path=path,
        alias={},
        cnts=deepcopy(known.cnts),
        sha3s=known.sha3s.copy(),
        storages=known.storages.copy(),
        balances=known.balances.copy(),
    )


def _alike(a: Exec, b: Exec) -> BoolRef:
    """Return that two calls from one state end alike."""
    if a.context.output.error is not None or b.context.output.error is not None:
        return v.TRUE if a.context.output.error is not None and b.context.output.error is not None else v.FALSE
    events = [*trace.logs(a.context)], [*trace.logs(b.context)]
    if len(events[0]) != len(events[1]) or not a.balance.eq(b.balance):
        return v.FALSE
    return v.conj(
        _same_bytes(a.context.output.data, b.context.output.data),
        *(_same_event(x, y) for x, y in zip(*events, strict=True)),
        *_same_storage(a, b, transient=False),
        *_same_storage(a, b, transient=True),
    )


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
    x, y = ((e.transient_storage if transient else e.storage)[w.OWN]._mapping for e in (a, b))
    for place in dict.fromkeys([*x, *y]):
        like = x.get(place, y.get(place))
        first, second = (words.get(place, initial_words(place, like, transient=transient)) for words in (x, y))
        if first.eq(second):
            continue
        if place[1]:
            key = BitVec("sw_key", first.sort().domain().size())
            first, second = Select(first, key), Select(second, key)
        yield first == second
