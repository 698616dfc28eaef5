"""Rules: several calls, one after the other, from any state that satisfies the invariants and lemmas.

Asserted on each path to a statement: the path's conditions (what was given, which calls succeeded, what the world promises) and that the
statement does not keep what it promises: a claim is not *defined and true*, a value that the rule names or hands over has none, a call that
must succeed reverts although every stranger that it called accepted, a call that must fail succeeds. *Unsat* for all statements on all
paths means that the rule holds for every such state, every value of its parameters, every answer of strangers and every block.

`rule_….reachable` asks for a path to the rule's end: a rule that no calls go through to its end promises nothing.

Not covered: strangers that call back (each function's `atomic`), other people's calls in between, which do not happen in a rule, and calls
whose sender is the contract itself. Source: docs/language.md, *Rules*.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

from halmos.bytevec import ByteVec
from halmos.sevm import CallContext, Exec, Message, Path, State, StorageData
from halmos.utils import uint256
from z3 import UGE, UGT, ULT, BitVecRef, BitVecVal, BoolRef, BoolVal, is_bv_value, is_true, simplify, unsat

from specs import formula as f
from specs import specification as s
from specs.formula import ADDRESS, UINT256, Expression
from specs.parse import expressions_of_step
from verifier.engines.symbolic import machine as m
from verifier.engines.symbolic import trace
from verifier.engines.symbolic import values as v
from verifier.engines.symbolic import world as w
from verifier.engines.symbolic.before import Before
from verifier.engines.symbolic.claims import Claims
from verifier.engines.symbolic.corrections import enter_stage
from verifier.engines.symbolic.encoding import decode_returned, encode, word
from verifier.engines.symbolic.evaluate import Evaluator, Scope, cast
from verifier.engines.symbolic.explore import (
    Claim,
    Exploration,
    Group,
    OnPath,
    PathRecord,
    Probe,
    Subject,
    go_on,
    group,
    in_any_state,
    snapshot,
)
from verifier.engines.symbolic.opcodes import instructions
from verifier.engines.symbolic.runs import Deployed, note_bounds, witness
from verifier.engines.symbolic.snapshot import Infeasible, NotUnderstood
from verifier.engines.symbolic.values import Value
from verifier.ledger import summed
from verifier.runtime import TRANSIENT

LOWEST_CALLER = 0x11  # above the precompiles
NEVER = "no calls go through it to its end: what is given excludes them all, or a call in it always reverts"


@dataclass(frozen=True, slots=True)
class Moment:
    """A state between two statements.

    `ex` can be looked at, and has a path of its own; `clock` names time and block; `calls` counts the calls on the way.
    """

    ex: Exec
    clock: w.Environment
    variables: Mapping[str, Value]
    caller: BitVecRef | None = None
    calls: int = 0


@dataclass(slots=True)
class Walk:
    """Go through a rule from one state, along all paths; `note` takes what is claimed on the way, and by which statement."""

    subject: Subject
    machine: m.Machine
    rule: s.Rule
    start: Moment
    note: Callable[[Group, int], None]
    problems: list[str] = field(default_factory=list)
    statement: int = 0  # the one that is gone through now, as the rule lists them

    def run(self) -> None:
        """Go through the whole rule."""
        self._follow(self.start, 0)

    def _follow(self, at: Moment, first: int) -> None:
        try:
            for n, step in enumerate(self.rule.steps[first:], first):
                self.statement = n
                if isinstance(step, s.Called):
                    for after in self._call(at, step, n):
                        self._follow(after, n + 1)
                    return
                at = self._step(at, step, n)
            self._note(at.ex, Claim(f"{self.rule.name}.reachable", v.TRUE))
        except Infeasible:
            return  # nothing is in this state
        except NotUnderstood as err:
            self.problems.append(str(err))
            self._note(at.ex, Claim(self.rule.name, None, str(err)))

    # ------------------------------------------------------------ statements without a call

    def _step(self, at: Moment, step: s.Step, n: int) -> Moment:
        match step:
            case s.Given():
                w.assume(at.ex, self._evaluator(at).holds(step.formula))
                self._go_on_if_feasible(at.ex)
            case s.Claimed():
                self._promise(at.ex, self._evaluator(at).holds(step.formula))
            case s.By():
                return replace(at, caller=self._valued(at, step.who, ADDRESS).term)
            case s.Let():
                return replace(at, variables={**at.variables, step.name: self._valued(at, step.value, step.type)})
            case s.Later():
                return self._later(at, step, n)
            case s.Restart():
                return self._restart(at)
            case _:
                raise AssertionError(f"no rule has a {type(step).__name__}")
        return at

    def _later(self, at: Moment, step: s.Later, n: int) -> Moment:
        """Let time pass, which it does not within a transaction; it stays below 2^64, as the world promises."""
        seconds = self._valued(at, step.seconds, UINT256)
        now = w.Environment(f"_t{n}")
        w.assume(
            at.ex,
            v.equal(v.integer(now.timestamp), v.add(v.integer(at.clock.timestamp), seconds.term)),
            UGE(now.number, at.clock.number),
        )
        self._go_on_if_feasible(at.ex)
        at.ex.block = now.block()
        at.ex.transient_storage = self._empty()
        return replace(at, clock=now)

    def _restart(self, at: Moment) -> Moment:
        begun = self.start.ex
        ex = self._continued(at.ex, begun.storage, begun.transient_storage, begun.balance, self.start.clock)
        return replace(at, ex=ex, clock=self.start.clock)

    # ------------------------------------------------------------ calls

    def _call(self, at: Moment, step: s.Called, n: int) -> Iterator[Moment]:
        """Yield the states in which the rule goes on behind a call, its statement `n`."""
        function = next(x for x in self.subject.specification.functions if x.signature == step.function)
        assert at.caller is not None
        types = [p.type for p in function.parameters]
        ev = self._evaluator(at)
        body, fits = encode([ev.evaluate(a) for a in step.arguments], types)
        self._need(at.ex, fits)
        wei = self._valued(at, step.value, UINT256).term if step.value is not None else v.natural(0)
        amount = word(Value(wei), UINT256).term
        data = ByteVec(bytes.fromhex(function.selector))
        data.append(body)
        env = w.Environment(f"_r{at.calls}")
        w.assume(
            at.ex,
            UGT(at.caller, BitVecVal(LOWEST_CALLER, 160)),
            at.caller != w.OWN,
            UGT(env.origin, BitVecVal(LOWEST_CALLER, 160)),
            ULT(amount, BitVecVal(1 << 128, 256)),
        )
        self._go_on_if_feasible(at.ex)
        message = Message(target=w.OWN, caller=at.caller, origin=env.origin, value=uint256(amount), data=data, call_scheme=0xF1)
        for transient in self._transient(at):
            ex = self._continued(at.ex, deepcopy(at.ex.storage), transient, at.ex.balance, at.clock, message)
            if not (is_bv_value(amount) and amount.as_long() == 0):
                w.pay(ex, at.caller, w.OWN, amount)
            enter_stage(f"r{at.calls}")
            self.machine.on_callout = lambda *_: self._refuse_unknown_callout(function)
            ends = list(self.machine.run(ex))  # their paths share a solver: each gets its own before it is looked at
            self.machine.on_callout = None
            for end in ends:
                after, self.statement = None, n
                with suppress(Infeasible):  # nothing is in this state; there are others
                    after = self._ended(at, step, function, end)
                if after is not None:
                    yield after

    def _transient(self, at: Moment) -> Iterator[dict[Any, StorageData]]:
        """Yield the transient storage with which a call can begin: that of the same transaction, or of another."""
        yield deepcopy(at.ex.transient_storage)
        if at.calls and instructions(self.subject.runtime) & TRANSIENT:
            yield self._empty()

    def _empty(self) -> dict[Any, StorageData]:
        """Return the transient storage with which a transaction begins."""
        out = {account: StorageData() for account in self.start.ex.transient_storage}
        for empty in out.values():
            empty.symbolic = False
        return out

    def _refuse_unknown_callout(self, function: s.Function) -> None:
        if not self.subject.has(f"{function.title}.atomic"):
            self.problems.append(f"{function.title} calls out, and the ledger has no obligation for that")

    def _ended(self, at: Moment, step: s.Called, function: s.Function, end: Exec) -> Moment | None:
        """Say what the end of a call breaks; return the state in which the rule goes on, None where it does not."""
        if end.context.is_stuck():
            why = f"a path could not be followed: {end.context.get_stuck_reason()}"
            self.problems.append(why)
            self.note(Group(tuple(end.path.conditions), (Claim(self.rule.name, None, why),)), self.statement)
            return None
        ok = end.context.output.error is None
        if ok:
            ex = self._continued(end, end.storage, end.transient_storage, end.balance, at.clock)
        else:
            ex = self._continued(end, at.ex.storage, at.ex.transient_storage, at.ex.balance, at.clock)
        after = replace(at, ex=ex, calls=at.calls + 1)
        if step.must:
            kept = not ok if step.must == "fail" else ok or trace.refused(end.context)
            self._promise(ex, v.TRUE if kept else v.FALSE)
        if ok == (step.must == "fail"):
            return None
        return after if step.result is None else self._named(after, step.result, function, end)

    def _named(self, after: Moment, result: s.Parameter, function: s.Function, end: Exec) -> Moment | None:
        try:
            value = decode_returned(end.context.output.data, function)
        except NotUnderstood as err:
            self.problems.append(str(err))
            self._note(after.ex, Claim(self.rule.name, None, str(err)))
            return None
        self._need(after.ex, value.defined)
        return replace(after, variables={**after.variables, result.name: Value(value.term)})

    def _continued(
        self, old: Exec, storage: Any, transient: Any, balance: Any, clock: w.Environment, message: Message | None = None
    ) -> Exec:
        """Return a state with a path and a solver of its own.

        What was learnt on the way is kept, of calls that were undone too: it says what their symbols stand for.
        """
        path = Path(m.branch_solver(self.subject.config))
        for condition in old.path.conditions:
            path.append(condition)
        begun = self.start.ex
        return Exec(
            code=dict(begun.code),
            storage=storage,
            transient_storage=transient,
            balance=balance,
            block=clock.block(),
            context=CallContext(message=message or begun.context.message),
            callback=None,
            pgm=begun.code[w.OWN],
            st=State(),
            jumpis={},
            path=path,
            alias={},
            cnts=deepcopy(old.cnts),
            sha3s=old.sha3s.copy(),
            storages=old.storages.copy(),
            balances=old.balances.copy(),
        )

    # ------------------------------------------------------------ what is claimed

    def _evaluator(self, at: Moment) -> Evaluator:
        scope = Scope(dict(at.variables), at.clock.world("", None))
        return Evaluator(self.subject.specification, snapshot(self.machine, at.ex), scope)

    def _valued(self, at: Moment, e: Expression, t: f.Type) -> Value:
        """Return the value of an expression, which must have one that fits its type."""
        value = self._evaluator(at).evaluate(e)
        value = cast(value, t)
        self._need(at.ex, value.defined)
        return Value(value.term)

    def _need(self, ex: Exec, holds: BoolRef) -> None:
        """Claim what a statement needs to mean anything, and go on where it holds."""
        if not is_true(simplify(holds)):
            self._promise(ex, holds)
            w.assume(ex, holds)
            self._go_on_if_feasible(ex)

    def _promise(self, ex: Exec, holds: BoolRef) -> None:
        self._note(ex, Claim(self.rule.name, holds))

    def _note(self, ex: Exec, claim: Claim) -> None:
        self.note(group(snapshot(self.machine, ex), (), (claim,)), self.statement)

    def _go_on_if_feasible(self, ex: Exec) -> None:
        if ex.path.check(BoolVal(True)) == unsat:
            raise Infeasible


def run_rule(subject: Subject, deployed: Deployed, rule: s.Rule, *, on_path: OnPath = go_on) -> Exploration:
    """Go through a rule from any state that satisfies the invariants and lemmas."""
    out = Exploration(rule.name, bounds=[*deployed.bounds], never=NEVER, on_path=on_path)
    for template in deployed.templates:
        env = w.Environment("_c")
        message = Message(target=w.OWN, caller=env.sender, origin=env.origin, value=uint256(0), data=ByteVec(), call_scheme=0xF1)
        machine, ex = in_any_state(subject, template, env, message, out.journal, itself=None)
        arguments = w.arguments(rule.parameters, "_c")
        w.assume(ex, *arguments.facts)
        scope = Scope(dict(arguments.values), env.world("", None))
        claims = Claims(subject, machine, rule.name, env, scope, Probe(subject, template.probe))
        start = Moment(ex, env, dict(arguments.values))
        pre = snapshot(machine, ex)
        claims.before.reached_keys = named_keys(subject, machine, rule, start)
        claims.before.prepare(pre, None, ())
        claims.assume(pre, locked=False)
        terms = witness(env, arguments, rule.parameters) | claims.before.watch(pre)
        shown = {n: t for n, t in terms.items() if n not in {"sender", "origin", "value", "data"}}

        def note(g: Group, statement: int, shown: dict[str, Any] = shown) -> None:
            out.add([PathRecord(g.path, g.claims, shown | {"statement": BitVecVal(statement, 16)}, writes=g.writes)])

        walk = Walk(subject, machine, rule, start, note)
        walk.run()
        out.incomplete += walk.problems
        note_bounds(out, machine)
    return out


def named_keys(subject: Subject, machine: m.Machine, rule: s.Rule, start: Moment) -> dict[str, list[tuple[BitVecRef, ...]]]:
    """Return the keys by which sums are taken apart where the rule begins: those that it reads, and those that its calls list.

    They are evaluated where the rule begins, whatever happens before they are used: any keys are as right as others, for the rest of a sum
    stands for all that are not named.
    """
    sums = summed(subject.specification)
    if not sums:
        return {}
    at = snapshot(machine, start.ex)
    scope = Scope(dict(start.variables), dict(start.clock.world("", None)), named_keys=None)
    out: dict[str, list[tuple[BitVecRef, ...]]] = {}

    def add(getter: str, keys: tuple[BitVecRef, ...]) -> None:
        known = out.setdefault(getter, []) if getter in sums else []
        if not any(all(a.eq(b) for a, b in zip(keys, k, strict=True)) for k in known):
            known.append(keys)

    for step in rule.steps:
        ev = Evaluator(subject.specification, at, scope)
        try:
            for e in expressions_of_step(step):
                for read in (x for x in f.walk(e) if isinstance(x, f.Read) and x.getter in sums):
                    parameters = subject.specification.getter(read.getter).parameters
                    add(read.getter, tuple(word(ev.evaluate(a), p.type).term for a, p in zip(read.arguments, parameters, strict=True)))
            match step:
                case s.By():
                    scope = replace(scope, world={**scope.world, "msg.sender": ev.evaluate(step.who)})
                case s.Let():
                    scope = replace(scope, variables={**scope.variables, step.name: cast(ev.evaluate(step.value), step.type)})
                case s.Called():
                    for getter, keys in _listed(subject, ev, step):
                        add(getter, keys)
        except NotUnderstood:
            continue  # a sum is then taken apart by fewer keys
    return out


def _listed(subject: Subject, ev: Evaluator, step: s.Called) -> Iterator[tuple[str, tuple[BitVecRef, ...]]]:
    """Yield the keys that a call's own clauses list."""
    function = next(x for x in subject.specification.functions if x.signature == step.function)
    given = {p.name: ev.evaluate(a) for p, a in zip(function.parameters, step.arguments, strict=True) if p.name}
    value = ev.evaluate(step.value) if step.value is not None else Value(v.natural(0))
    scope = replace(ev.scope, variables=given, world={**ev.scope.world, "msg.value": value})
    before = Before(subject.specification, scope)
    inner = Evaluator(subject.specification, ev.snapshot, replace(scope, variables={**given, **before.fresh_results(function)}))
    for c in function.clauses:
        before.attempt(c.id, lambda c=c: before.locations(inner, c))
    yield from ((x.getter, x.keys) for x in before.listed)
