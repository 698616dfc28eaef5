"""Look for calls from a deployment that break an obligation: bounded, directed at what induction could not prove.

A deployment with arbitrary arguments, then up to `DEPTH` successful calls of any functions, then the call that breaks the promise.
Nothing is assumed of the states on the way: they are reached. Strangers accept and return nothing, as plain accounts do. An environment is
in any state that its model's invariants allow; whoever plays the calls looks for a way there. What is found is only a candidate: the EVM
has the last word (`verifier.replay`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

from halmos.bytevec import ByteVec
from halmos.sevm import CallContext, Exec, Message, Path, State, StorageData
from halmos.utils import uint256
from z3 import UGE, ULT, BitVec, BitVecRef, BitVecVal, BoolRef, ZeroExt

from specs import specification as s
from verifier.engines.symbolic import machine as m
from verifier.engines.symbolic import world as w
from verifier.engines.symbolic.before import Before
from verifier.engines.symbolic.claims import Claims
from verifier.engines.symbolic.clock import worked_s
from verifier.engines.symbolic.construction import run_constructor
from verifier.engines.symbolic.corrections import enter_stage
from verifier.engines.symbolic.evaluate import Evaluator, Scope
from verifier.engines.symbolic.explore import Claim, Group, Probe, Subject, assume_address, deploy, machine_for, snapshot
from verifier.engines.symbolic.rules import Moment, Walk
from verifier.engines.symbolic.runs import witness
from verifier.engines.symbolic.snapshot import Infeasible, NotUnderstood
from verifier.engines.symbolic.solve import Solver, solve
from verifier.engines.symbolic.storage import CleanStorage, Journal

DEPTH = 2


@dataclass(frozen=True, slots=True)
class Step:
    """One call on the way: the function's title (`constructor` first) and the terms that a model is asked for."""

    title: str
    terms: Mapping[str, Any]


@dataclass(slots=True)
class Reached:
    """A state that a deployment and some calls reach; `keys` are all locations that clauses named on the way."""

    ex: Exec
    steps: tuple[Step, ...]
    env: w.Environment
    keys: dict[str, list[tuple[BitVecRef, ...]]] = field(default_factory=dict)


def find(subject: Subject, wanted: Sequence[str], solver: Solver, deadline: float) -> Iterator[dict[str, Any]]:
    """Yield, for each obligation that calls from a deployment can break, the model of those calls."""
    open_ids = set(wanted)
    yield from _at_deployment(subject, open_ids, solver, deadline)
    rules = [r for r in subject.specification.rules if r.name in open_ids]
    targets = [f for f in subject.specification.entries if any(subject.ledger.obligation(i).function == f.title for i in open_ids)]
    frontier = list(deployments(subject))
    for depth in range(DEPTH + 1):
        for state in frontier:
            for f in targets:
                mine = [i for i in open_ids if subject.ledger.obligation(i).function == f.title]
                if mine and worked_s() < deadline:
                    yield from _break(subject, state, f, mine, open_ids, solver, deadline)
            for r in rules:
                if r.name in open_ids and worked_s() < deadline:
                    yield from _break_rule(subject, state, r, open_ids, solver, deadline)
        if depth == DEPTH or not open_ids or worked_s() > deadline:
            return
        frontier = [after for state in frontier for after in successors(subject, state, deadline)]


def _terms(env: w.Environment, arguments: w.Arguments, parameters: Sequence[s.Parameter]) -> dict[str, Any]:
    return witness(env, arguments, parameters) | {"sendercode": BitVec(f"sw_sendercode{env.tag}", 1)}


def deployments(subject: Subject) -> Iterator[Reached]:
    """Yield the states right after every successful deployment."""
    c = subject.specification.constructor
    arguments = w.arguments(c.parameters, "_d")
    env, machine, ex, ends = deploy(subject, arguments, Journal())
    machine.accepting = True
    _plain_world(ex, env)
    w.assume(ex, ex.balance_of(w.OWN) == 0)
    w.pay(ex, env.sender, w.OWN, env.value)
    step = Step("constructor", _terms(env, arguments, c.parameters) | _place(subject))
    for end in ends:
        if end.context.output.error is None and not end.context.is_stuck():
            end.code[w.OWN] = m.Code(end.context.output.data)
            with suppress(Infeasible):  # a deployment that names another environment
                assume_address(subject, snapshot(machine, end))
                yield Reached(end, (step,), env)


def _place(subject: Subject) -> dict[str, Any]:
    """Return what a model is asked for besides, where there is an environment: its address."""
    return {"there": w.THERE} if subject.surroundings is not None else {}


def _plain_world(ex: Exec, env: w.Environment) -> None:
    """Keep to what tests can set: fees and limits that fit a word of their tools; and the environment calls nobody, which is odd."""
    if w.THERE in ex.code:
        w.assume(ex, env.sender != w.THERE)
    for name in ("basefee", "gaslimit", "chainid"):
        w.assume(ex, ULT(env.word(name, 256), 1 << 63))
    w.assume(ex, ULT(BitVecVal(1 << 20, 256), env.word("gaslimit", 256)), ULT(BitVecVal(0, 256), env.word("chainid", 256)))


def continue_from(subject: Subject, state: Reached, env: w.Environment, message: Message) -> tuple[m.Machine, Exec]:
    """Return a machine and the reached state, ready for one more transaction."""
    enter_stage(env.tag)
    CleanStorage.phase = "_d"
    machine = machine_for(subject, Journal())
    machine.accepting = True
    old = state.ex
    path = Path(m.branch_solver(subject.config))
    ex = Exec(
        code=dict(old.code),
        storage=deepcopy(old.storage),
        transient_storage={address: _empty() for address in old.storage},
        balance=old.balance,
        block=env.block(),
        context=CallContext(message=message),
        callback=None,
        pgm=old.code[w.OWN],
        st=State(),
        jumpis={},
        path=path,
        alias={},
        cnts=deepcopy(old.cnts),
        sha3s=old.sha3s.copy(),
        storages=old.storages.copy(),
        balances=old.balances.copy(),
    )
    for c in old.path.conditions:
        path.append(c)
    w.assume(ex, *env.facts(), UGE(env.timestamp, state.env.timestamp), UGE(env.number, state.env.number))
    _plain_world(ex, env)
    return machine, ex


def _empty() -> StorageData:
    data = StorageData()
    data.symbolic = False
    return data


def _call(subject: Subject, state: Reached, function: s.Function, tag: str) -> tuple[w.Environment, w.Arguments, m.Machine, Exec]:
    env = w.Environment(tag)
    arguments = w.arguments(function.parameters, tag)
    data = ByteVec(bytes.fromhex(function.selector))
    data.append(arguments.data)
    message = Message(
        target=w.OWN, caller=env.sender, origin=env.origin, value=uint256(ZeroExt(128, env.value)), data=data, call_scheme=0xF1
    )
    machine, ex = continue_from(subject, state, env, message)
    w.assume(ex, *arguments.facts)
    return env, arguments, machine, ex


def successors(subject: Subject, state: Reached, deadline: float) -> Iterator[Reached]:
    """Yield the states after one successful call of any function."""
    for f in subject.specification.entries:
        if worked_s() > deadline:
            return
        tag = f"_{len(state.steps)}"
        env, arguments, machine, ex = _call(subject, state, f, tag)
        keys = _listed_keys(subject, machine, ex, env, arguments, f)
        w.pay(ex, env.sender, w.OWN, env.value)
        step = Step(f.title, _terms(env, arguments, f.parameters))
        for end in machine.run(ex):
            if end.context.output.error is None and not end.context.is_stuck():
                merged = {g: [*state.keys.get(g, []), *keys.get(g, [])] for g in {*state.keys, *keys}}
                yield Reached(end, (*state.steps, step), env, merged)


def _listed_keys(
    subject: Subject, machine: m.Machine, ex: Exec, env: w.Environment, arguments: w.Arguments, f: s.Function
) -> dict[str, list[tuple[BitVecRef, ...]]]:
    before = Before(subject.specification, Scope(dict(arguments.values), env.world(f.selector, env.value)))
    at = snapshot(machine, ex)
    ev = Evaluator(subject.specification, at, replace(before.scope, variables={**before.scope.variables, **before.fresh_results(f)}))
    for c in f.clauses:
        before.attempt(c.id, lambda c=c: before.locations(ev, c))
    out: dict[str, list[tuple[BitVecRef, ...]]] = {}
    for x in before.listed:
        out.setdefault(x.getter, []).append(x.keys)
    return out


def _break(
    subject: Subject, state: Reached, f: s.Function, mine: Sequence[str], open_ids: set[str], solver: Solver, deadline: float
) -> Iterator[dict[str, Any]]:
    """Call a function in a reached state and ask for a model of each wanted obligation's failure."""
    env, arguments, machine, ex = _call(subject, state, f, "_c")
    claims = Claims(
        subject,
        machine,
        f.title,
        env,
        Scope(dict(arguments.values), env.world(f.selector, env.value), rest_is_zero=True),
        Probe(subject, None),
    )
    claims.before.reached_keys = state.keys
    pre = snapshot(machine, ex)
    try:
        claims.before.prepare(pre, f, f.clauses)
        claims.before.prepare_transitions(Evaluator(subject.specification, pre, claims.scope))
    except NotUnderstood:
        return
    claims.assume_there(pre)
    w.pay(ex, env.sender, w.OWN, env.value)
    steps = (*state.steps, Step(f.title, _terms(env, arguments, f.parameters)))
    groups: list[tuple[Group, bool]] = []
    machine.on_callout = lambda mid, mark: groups.extend((g, True) for g in claims.at_callout(mid, mark))
    for end in machine.run(ex):
        if end.context.is_stuck():
            continue
        groups.extend((g, False) for g in claims.after(end, f))
        yield from _models(groups, steps, mine, open_ids, solver, deadline)
        groups.clear()
        if not any(i in open_ids for i in mine) or worked_s() > deadline:
            return


def _break_rule(
    subject: Subject, state: Reached, rule: s.Rule, open_ids: set[str], solver: Solver, deadline: float
) -> Iterator[dict[str, Any]]:
    """Go through a rule from a reached state and ask for a model in which it is broken."""
    env = w.Environment("_c")
    message = Message(target=w.OWN, caller=env.sender, origin=env.origin, value=uint256(0), data=ByteVec(), call_scheme=0xF1)
    machine, ex = continue_from(subject, state, env, message)
    arguments = w.arguments(rule.parameters, "_c")
    w.assume(ex, *arguments.facts)
    steps = (*state.steps, Step(rule.name, _terms(env, arguments, rule.parameters)))
    groups: list[tuple[Group, bool]] = []
    Walk(subject, machine, rule, Moment(ex, env, dict(arguments.values)), lambda g, _: groups.append((g, False))).run()
    yield from _models(groups, steps, [rule.name], open_ids, solver, deadline)


def _models(
    groups: Sequence[tuple[Group, bool]], steps: Sequence[Step], mine: Sequence[str], open_ids: set[str], solver: Solver, deadline: float
) -> Iterator[dict[str, Any]]:
    for g, _ in groups:
        for c in g.claims:
            if c.obligation in mine and c.obligation in open_ids and c.formula is not None and worked_s() < deadline:
                model = _model(g.path, c, steps, solver, deadline)
                if model is not None:
                    open_ids.discard(c.obligation)
                    yield {"reached": c.obligation, "steps": model}


def _model(
    conditions: Sequence[BoolRef], claim: Claim, steps: Sequence[Step], solver: Solver, deadline: float
) -> list[dict[str, Any]] | None:
    terms = {f"{i}_{n}": t for i, step in enumerate(steps) for n, t in step.terms.items()}
    assert claim.formula is not None
    answer = solve(solver, conditions, claim.formula, terms, max(0.5, min(solver.time_s, deadline - worked_s())))
    if answer.answer != "violated":
        return None
    out = []
    for i, step in enumerate(steps):
        prefix = f"w_{i}_"
        out.append({"title": step.title} | {k.removeprefix(prefix): x for k, x in answer.model.items() if k.startswith(prefix)})
    return out


def _at_deployment(subject: Subject, open_ids: set[str], solver: Solver, deadline: float) -> Iterator[dict[str, Any]]:
    """Ask for deployments that break the constructor's own obligations."""
    mine = [i for i in open_ids if subject.ledger.obligation(i).function == "constructor"]
    if not mine:
        return
    c = subject.specification.constructor
    arguments = w.arguments(c.parameters, "_d")
    step = Step("constructor", _terms(w.Environment("_d"), arguments, c.parameters) | _place(subject))
    for path in run_constructor(subject).paths:
        yield from _models([(Group(path.conditions, path.claims), False)], [step], mine, open_ids, solver, deadline)
