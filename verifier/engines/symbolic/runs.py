"""The explorations that a ledger needs beside deployment: each function, each one while locked, world steps, unknown calls, views."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal

from halmos import sevm
from halmos.bytevec import ByteVec
from halmos.sevm import Exec, Message, StorageData
from halmos.utils import uint256
from z3 import UGE, ULT, Array, BitVec, BitVecSort, BitVecVal, Extract, ZeroExt

from specs import specification as s
from specs.parse import asks_for_code
from verifier.engines.symbolic import machine as m
from verifier.engines.symbolic import values as v
from verifier.engines.symbolic import world as w
from verifier.engines.symbolic.claims import Claims
from verifier.engines.symbolic.corrections import enter_stage
from verifier.engines.symbolic.encoding import any_keys, word
from verifier.engines.symbolic.evaluate import Evaluator, Scope
from verifier.engines.symbolic.explore import (
    ANSWERS,
    Claim,
    Exploration,
    OnPath,
    PathRecord,
    Probe,
    Subject,
    go_on,
    in_any_state,
    snapshot,
)
from verifier.engines.symbolic.opcodes import instructions
from verifier.engines.symbolic.snapshot import NotUnderstood
from verifier.engines.symbolic.values import Value, conj, implies
from verifier.engines.symbolic.witness import stage_of
from verifier.ledger import derived, stable_frame

DYNAMIC_LENGTHS = (0, 32, 65)
FALLBACK_LENGTHS = (0, 3, 36)  # bytes of calldata
LONGEST_CALL = 4 + 3 * 32  # bytes of calldata that a model's functions read


@dataclass(frozen=True, slots=True)
class Deployed:
    """The templates of the contract; `bounds` says what limits the deployments that they stand for."""

    templates: tuple[w.Template, ...]
    bounds: tuple[str, ...]


def follow(
    out: Exploration,
    ends: Iterator[Exec],
    machine: m.Machine,
    record: Callable[[Exec], Sequence[PathRecord]],
    unconcerned: Callable[[], Iterator[Claim]] = lambda: iter(()),
) -> None:
    """Run to the end of every path and keep what is claimed of it, and `unconcerned` of those that are cut off."""
    n = 0
    for end in ends:
        n += 1
        if end.context.is_stuck():
            out.incomplete.append(f"a path could not be followed: {end.context.get_stuck_reason()}")
            continue
        out.add(record(end))
    note_bounds(out, machine, unconcerned)
    if n == 0:
        out.incomplete.append("no path is feasible")


def note_bounds(out: Exploration, machine: m.Machine, unconcerned: Callable[[], Iterator[Claim]] = lambda: iter(())) -> None:
    """Note within which bounds the machine looked, getters included, and what is claimed of paths that are cut off."""
    if machine.logs.bounded_loops:
        out.loops = f"loops were followed {machine.options.loop} times"
        out.cuts += [PathRecord(cut, tuple(unconcerned()), {}) for cut in machine.cuts]
    if out.journal.observed:
        out.bounds.append(ANSWERS)


# ---------------------------------------------------------------- functions


def run_function(
    subject: Subject, deployed: Deployed, function: s.Function, *, locked: bool = False, itself: bool = False, on_path: OnPath = go_on
) -> Exploration:
    """Explore one function from any state that satisfies the invariants (or, `locked`, while the lock is held);

    `itself`: called by the contract.
    """
    out = Exploration(f"{function.title}{' locked' if locked else ''}", bounds=[*deployed.bounds], on_path=on_path)
    lengths: tuple[int, ...] = DYNAMIC_LENGTHS if any(p.type.is_dynamic for p in function.parameters) else (32,)
    if function.name == "fallback":
        received = any(f.name == "receive" for f in subject.specification.functions)
        lengths = FALLBACK_LENGTHS[1:] if received else FALLBACK_LENGTHS
    for template in deployed.templates:
        for length in lengths:
            _function_once(out, subject, template, Probe(subject, template.probe), function, locked, itself, length)
    if len(lengths) > 1:
        out.bounds.append(f"dynamic arguments of {', '.join(map(str, lengths))} bytes")
    return out


def _function_once(
    out: Exploration, subject: Subject, template: w.Template, probe: Probe, function: s.Function, locked: bool, itself: bool, length: int
) -> None:
    env = w.Environment("_c")
    arguments = w.arguments(function.parameters, "_c", length)
    message = Message(
        target=w.OWN,
        caller=env.sender,
        origin=env.origin,
        value=uint256(ZeroExt(128, env.value)),
        data=calldata(function, arguments, length),
        call_scheme=0xF1,
    )
    machine, ex = in_any_state(subject, template, env, message, out.journal, itself=itself)
    machine.code_at_first = asks_for_code(function)
    start = ex.balance
    w.assume(ex, *arguments.facts)
    if function.name == "fallback" and length >= 4:
        selector = Extract(8 * length - 1, 8 * length - 32, BitVec("sw_tail", 8 * length))
        w.assume(ex, *(selector != int(f.selector, 16) for f in subject.answered if f.selector), *_known(subject, selector))
    scope = Scope(dict(arguments.values), env.world(function.selector, env.value))
    if function.name == "fallback":
        scope.world = {**scope.world, "msg.sig": Value(first_four(message.data))}
    claims = Claims(subject, machine, function.title, env, scope, probe)
    pre = snapshot(machine, ex)
    claims.before.prepare(pre, function, function.clauses)
    claims.before.prepare_transitions(Evaluator(subject.specification, pre, scope))
    claims.assume(pre, locked=locked)
    w.pay(ex, env.sender, w.OWN, env.value)
    terms = witness(env, arguments, function.parameters) | claims.before.watch(pre)
    if not locked:

        def watch(mid: Exec, mark: m.CallOut) -> None:
            if not subject.has(f"{function.title}.atomic"):
                out.incomplete.append("it calls out, and the ledger has no obligation for that")
            out.add(PathRecord(g.path, g.claims, terms, at_callout=True, writes=g.writes) for g in claims.at_callout(mid, mark))

        machine.on_callout = watch
    else:
        held = Claim(f"{function.title}.locked", v.FALSE)  # whoever has control then would see what nobody vouches for
        machine.on_callout = lambda mid, _: out.add([PathRecord(tuple(mid.path.conditions), (held,), terms, at_callout=True)])

    there = subject.surroundings.code if subject.surroundings is not None else ""
    # what strangers do to the environment during the call is in no scene
    playable = not (there and machine.ether_arrives)

    def record(end: Exec) -> list[PathRecord]:
        ok = end.context.output.error is None
        if locked:
            return [PathRecord(tuple(end.path.conditions), (Claim(f"{function.title}.locked", v.FALSE if ok else v.TRUE),), terms, ok)]
        groups = list(claims.after(end, function))
        shown = terms | claims.before.seen(snapshot(machine, end), terms) if ok else terms
        stage = stage_of(template.code, start, message.data, end.context, there) if ok and playable else None
        return [PathRecord(g.path, g.claims, shown, ok, stage=stage, writes=g.writes) for g in groups]

    follow(out, machine.run(ex), machine, record, lambda: iter(()) if locked else claims.unconcerned(function))


def run_without_arguments(subject: Subject, deployed: Deployed, function: s.Function, *, on_path: OnPath = go_on) -> Exploration:
    """Send value to a function with calldata of which nothing is known but the selector: it must revert before it reads any more.

    So arguments have any length, and may be none at all. Where it does not revert, or reads more, the usual exploration decides.
    """
    out = Exploration(f"{function.title} with value", bounds=[*deployed.bounds])
    if m.OP_GASPRICE in instructions(subject.runtime):
        return run_function(subject, deployed, function, on_path=on_path)
    for template in deployed.templates:
        env = w.Environment("_c")
        data = ByteVec(bytes.fromhex(function.selector))
        data.append(BitVec("sw_tail", 224))
        message = Message(
            target=w.OWN, caller=env.sender, origin=env.origin, value=uint256(ZeroExt(128, env.value)), data=data, call_scheme=0xF1
        )
        machine, ex = in_any_state(subject, template, env, message, out.journal, itself=None, code=m.AnyCalldata)
        machine.selector_only = True
        w.assume(ex, env.value != 0, UGE(sevm.f_gasprice(), BitVecVal(4, 256)))
        w.pay(ex, env.sender, w.OWN, env.value)
        terms = witness(env, w.Arguments({}, ByteVec(), (), bounded=False))

        def record(end: Exec, terms: dict[str, Any] = terms) -> list[PathRecord]:
            ok = end.context.output.error is None
            claim = Claim(f"{function.title}.nonpayable", v.FALSE if ok else v.TRUE)
            return [PathRecord(tuple(end.path.conditions), (claim,), terms, ok)]

        follow(out, machine.run(ex), machine, record)
    surely = not (out.incomplete or out.loops) and not any(p.succeeded for p in out.paths)
    return out if surely else run_function(subject, deployed, function, on_path=on_path)


def first_four(data: ByteVec) -> Any:
    """Return `msg.sig` of calldata: its first four bytes, with zeros where there are fewer."""
    padded = ByteVec(data.unwrap()) if len(data) else ByteVec()
    padded.append(b"\0" * max(0, 4 - len(data)))
    return v.as_bits(padded.slice(0, 4))


def calldata(function: s.Function, arguments: w.Arguments, length: int = 32) -> ByteVec:
    """Return selector, arguments, and 32 arbitrary bytes behind them; `receive` has no calldata, `fallback` any of `length` bytes."""
    if function.name == "fallback":
        return ByteVec(BitVec("sw_tail", 8 * length)) if length else ByteVec()
    data = ByteVec(bytes.fromhex(function.selector))
    data.append(arguments.data)
    if function.name != "receive":
        data.append(BitVec("sw_tail", 256))
    return data


def witness(env: w.Environment, arguments: w.Arguments, parameters: Sequence[s.Parameter] = ()) -> dict[str, Any]:
    """Return the terms that a model is asked for: the call and the chain."""
    terms: dict[str, Any] = {
        "sender": env.sender,
        "origin": env.origin,
        "value": env.value,
        "timestamp": env.timestamp,
        "number": env.number,
        "this": w.OWN,
        "chainid": env.word("chainid", 256),
        "prevrandao": env.word("prevrandao", 256),
        "coinbase": env.word("coinbase", 160),
        "basefee": env.word("basefee", 256),
        "gaslimit": env.word("gaslimit", 256),
    }
    if len(arguments.data):
        terms["data"] = v.as_bits(arguments.data)
    for i, p in enumerate(parameters):
        value = arguments.values.get(p.name)
        if value is not None and not isinstance(value.term, ByteVec | tuple):
            terms[f"p{i}"] = word(value, p.type).term
    return terms


# ---------------------------------------------------------------- the contract as a whole


def run_stable(subject: Subject, deployed: Deployed, *, on_path: OnPath = go_on) -> Exploration:
    """World steps: time passes, ether arrives by force; invariants, lemmas, getters and the open lock must survive.

    While a stranger has control under the lock only ether arrives, and what the lock does not except must survive that.
    """
    out = Exploration("(stable)", bounds=[*deployed.bounds], on_path=on_path)
    guarded = subject.implementation.lock is not None and any(o.kind == "atomic" for o in subject.ledger.obligations)
    for template in deployed.templates:
        for held in (False, True) if guarded else (False,):
            _world_step(out, subject, template, Probe(subject, template.probe), held)
            if subject.surroundings is not None:
                _step_there(out, subject, template, Probe(subject, template.probe), held)
    return out


def _world_step(out: Exploration, subject: Subject, template: w.Template, probe: Probe, held: bool) -> None:
    env, next_ = w.Environment("_c"), w.Environment("_l")
    later = env if held else next_
    message = Message(target=w.OWN, caller=env.sender, origin=env.origin, value=uint256(0), data=ByteVec(), call_scheme=0xF1)
    machine, ex = in_any_state(subject, template, env, message, out.journal)
    scope = Scope({}, env.world("", None))
    claims = Claims(subject, machine, "", env, scope, probe)
    pre = snapshot(machine, ex)
    claims.assume(pre, locked=held)
    defined = derived(subject.specification)
    free = [g for g in subject.specification.getters if g.signature not in defined]
    at = [(g, _any_entry(Evaluator(subject.specification, pre, scope), g)) for g in free]
    more = BitVec("sw_more", 256)
    w.assume(ex, ULT(more, BitVecVal(1 << 128, 256)), UGE(later.timestamp, env.timestamp), UGE(later.number, env.number))
    own = ex.balance_of(w.OWN)
    # whatever others own may have changed; only the contract's own ether cannot shrink by itself
    ex.balance = Array("sw_balance_later", BitVecSort(160), BitVecSort(256))
    w.assume(ex, ex.balance_of(w.OWN) == own + more)
    ex.block = later.block()
    enter_stage(next_.tag)
    # the next call may be of the same transaction, or of another: transient storage stays or is empty
    for empty in (False,) if held else (False, True):
        if empty:
            ex.transient_storage = {w.OWN: StorageData()}
            ex.transient_storage[w.OWN].symbolic = False
        post = Evaluator(subject.specification, snapshot(machine, ex), Scope({}, later.world("", None)))
        rows = [*claims.lasting(post, "stable", held=held), *(_stays(g, entry, post) for g, entry in at)]
        terms = {"this": w.OWN, "timestamp": env.timestamp, "later": later.timestamp, "more": more} | claims.before.watch(pre)
        out.add([PathRecord(tuple(ex.path.conditions), tuple(rows), terms)])
    note_bounds(out, machine)


def _step_there(out: Exploration, subject: Subject, template: w.Template, probe: Probe, held: bool) -> None:
    """Let anybody but the contract do anything with the environment; what holds between calls must survive it."""
    assert subject.surroundings is not None
    any_call = ByteVec(BitVec("sw_there_call", 8 * LONGEST_CALL))
    if subject.surroundings.entries is None:
        _call_of_others(out, subject, template, probe, held, any_call, ())
        return
    for entry in subject.surroundings.entries:  # the model reverts for anything else, and its views change nothing
        data = ByteVec(bytes.fromhex(entry.selector))
        if entry.size:
            data.append(BitVec(f"sw_there_{entry.selector}", 8 * entry.size))
        _call_of_others(out, subject, template, probe, held, data, (Claim(entry.obligation, v.TRUE),))


def _call_of_others(
    out: Exploration, subject: Subject, template: w.Template, probe: Probe, held: bool, data: ByteVec, reached: tuple[Claim, ...]
) -> None:
    """Let anybody but the contract make a call of the environment; `reached` are shown by one that succeeds."""
    assert subject.surroundings is not None
    env = w.Environment("_c")
    message = Message(target=w.THERE, caller=env.sender, origin=env.origin, value=uint256(0), data=data, call_scheme=0xF1)
    machine, ex = in_any_state(subject, template, env, message, out.journal)
    ex.pgm = ex.code[w.THERE] = m.Code(bytes.fromhex(subject.surroundings.world))
    scope = Scope({}, env.world("", None))
    claims = Claims(subject, machine, "", env, scope, probe)
    pre = snapshot(machine, ex)
    claims.assume(pre, locked=held)
    ev, defined = Evaluator(subject.specification, pre, scope), derived(subject.specification)
    at = [(g, _any_entry(ev, g)) for g in subject.specification.getters if g.signature not in defined]
    terms = {"this": w.OWN, "there": w.THERE, "sender": env.sender, "timestamp": env.timestamp}

    def record(end: Exec) -> list[PathRecord]:
        if end.context.output.error is not None:
            return []
        post = Evaluator(subject.specification, snapshot(machine, end), Scope({}, env.world("", None)))
        rows = [*claims.lasting(post, "stable", held=held), *(_stays(g, entry, post) for g, entry in at), *reached]
        return [PathRecord(tuple(end.path.conditions), tuple(rows), terms)]

    follow(out, machine.run(ex), machine, record)


def _any_entry(ev: Evaluator, getter: s.Function) -> tuple[list[Value], Value] | str:
    """Return a getter's value at any key, and the key; or why it cannot be read."""
    try:
        keys = [Value(word(x, p.type).term) for (x, _), p in zip(any_keys(getter), getter.parameters, strict=True)]
        return keys, ev.read(getter.signature, keys)
    except NotUnderstood as err:
        return str(err)


def _stays(getter: s.Function, entry: tuple[list[Value], Value] | str, post: Evaluator) -> Claim:
    """Claim that a getter is carried across a world step as it was."""
    id = stable_frame(getter)
    if isinstance(entry, str):
        return Claim(id, None, entry)
    keys, old = entry
    try:
        new = post.read(getter.signature, keys)
    except NotUnderstood as err:
        return Claim(id, None, str(err))
    same = v.TRUE if new.defined.eq(old.defined) else new.defined == old.defined
    return Claim(id, conj(same, implies(old.defined, post.equal(new.term, old.term))))


Unknown = Literal["selector", "ether"]


def run_unknown(subject: Subject, deployed: Deployed, obligation: Unknown, *, on_path: OnPath = go_on) -> Exploration:
    """Undeclared selectors, short calldata (`selector`) and plain ether (`ether`) must revert."""
    out = Exploration(f"({obligation})", bounds=[*deployed.bounds], on_path=on_path)
    shapes: Sequence[ByteVec]
    selector = BitVec("sw_selector", 32)
    if obligation == "ether":
        shapes = [ByteVec()]
    else:
        shapes = [ByteVec(selector), *(ByteVec(BitVec(f"sw_short{n}", 8 * n)) for n in (1, 2, 3))]
        long = ByteVec(selector)
        long.append(BitVec("sw_tail", 1024))
        shapes = [long, *shapes]
    locks = (False, True) if subject.implementation.lock is not None else (False,)
    for template in deployed.templates:
        for data, held in product(shapes, locks):
            _unknown_once(out, obligation, subject, template, Probe(subject, template.probe), data, held)
    return out


def _unknown_once(
    out: Exploration, obligation: Unknown, subject: Subject, template: w.Template, probe: Probe, data: ByteVec, held: bool
) -> None:
    env, selector = w.Environment("_c"), BitVec("sw_selector", 32)
    message = Message(
        target=w.OWN, caller=env.sender, origin=env.origin, value=uint256(ZeroExt(128, env.value)), data=data, call_scheme=0xF1
    )
    machine, ex = in_any_state(subject, template, env, message, out.journal, itself=None)
    if len(data) >= 4:
        known = (int(f.selector, 16) for f in subject.answered if f.selector)
        w.assume(ex, *(selector != x for x in known), *_known(subject, selector))
    claims = Claims(subject, machine, "", env, Scope({}, env.world("", env.value)), probe)
    claims.assume(snapshot(machine, ex), locked=held)
    w.pay(ex, env.sender, w.OWN, env.value)
    terms: dict[str, Any] = {"sender": env.sender, "value": env.value, "selector": selector, "this": w.OWN}

    def record(end: Exec) -> list[PathRecord]:
        ok = end.context.output.error is None
        return [PathRecord(tuple(end.path.conditions), (Claim(obligation, v.FALSE if ok else v.TRUE),), terms, ok)]

    follow(out, machine.run(ex), machine, record)


def _known(subject: Subject, selector: Any) -> Iterator[Any]:
    """Views that the interface lacks are listed elsewhere; calling them changes nothing."""
    for x in subject.extra_views:
        yield selector != int(x, 16)


#: What is asked of a view: its clauses while the lock is open, those while it is held, or that it reverts then.
ViewAsked = Literal["open", "held", "reverts"]
VIEW_TITLES: Mapping[ViewAsked, str] = {"open": "", "held": " under the lock", "reverts": " locked"}


def run_view(
    subject: Subject, deployed: Deployed, function: s.Function, asked: ViewAsked = "open", *, on_path: OnPath = go_on
) -> Exploration:
    """Explore one view from any state in which what is `asked` of it matters."""
    out = Exploration(f"view {function.title}{VIEW_TITLES[asked]}", bounds=[*deployed.bounds], on_path=on_path)
    returns: list[bool] = []
    for template in deployed.templates:
        env = w.Environment("_c")
        arguments = w.arguments(function.parameters, "_c")
        if arguments.bounded:
            out.bounds.append("dynamic arguments of 32 bytes")
        message = Message(
            target=w.OWN,
            caller=env.sender,
            origin=env.origin,
            value=uint256(0),
            data=calldata(function, arguments),
            call_scheme=0xFA,
            is_static=True,
        )
        machine, ex = in_any_state(subject, template, env, message, out.journal, itself=None, reading=True)
        w.assume(ex, *arguments.facts, env.value == 0)
        scope = Scope(dict(arguments.values), env.world(function.selector, None))
        claims = Claims(subject, machine, function.title, env, scope, Probe(subject, template.probe))
        pre = snapshot(machine, ex)
        claims.before.prepare(pre, None, [c for c in function.clauses if isinstance(c, s.Reverts | s.Succeeds)])
        claims.assume(pre, locked=asked != "open")

        def record(end: Exec, claims: Claims = claims, arguments: w.Arguments = arguments, env: w.Environment = env) -> list[PathRecord]:
            ok = end.context.output.error is None
            returns.append(ok)
            reverts = [Claim(f"{function.title}.locked", v.FALSE if ok else v.TRUE)]
            rows = reverts if asked == "reverts" else list(claims.of_view(end, function, held=asked == "held"))
            return [PathRecord(tuple(end.path.conditions), tuple(rows), witness(env, arguments), ok)]

        def unconcerned(claims: Claims = claims) -> Iterator[Claim]:
            return iter(()) if asked == "reverts" else claims.unconcerned(function)

        follow(out, machine.run(ex), machine, record, unconcerned)
    if asked == "open" and not any(returns) and any(isinstance(c, s.Ensures | s.Equals) for c in function.clauses):
        out.incomplete.append("it never returns, so what is said of its result means nothing")
    return out
