"""Explorations: run a function once from any state, and state every claim about it on each of its paths.

A claim is a formula that must be valid on its path: *path conditions ∧ ¬claim* unsatisfiable on every path means that the obligation
holds for every state that satisfies the invariants and lemmas, every sender, argument, value and block, within the bounds that are
noted. Not covered here: strangers that call back (the obligation `atomic`), gas, and what `Journal.incomplete` names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from eth_hash.auto import keccak
from halmos.bytevec import ByteVec
from halmos.config import Config as HalmosConfig
from halmos.sevm import Exec, Message
from halmos.utils import uint256
from z3 import ULE, BitVec, BitVecRef, BoolRef, BoolVal, ZeroExt, is_true, simplify, unsat

from specs.environment import model_of
from specs.formula import ADDRESS, BOOL
from specs.specification import Function, Specification
from verifier.engines.symbolic import machine as m
from verifier.engines.symbolic import world as w
from verifier.engines.symbolic.corrections import enter_stage
from verifier.engines.symbolic.encoding import from_word, word
from verifier.engines.symbolic.evaluate import Evaluator, Scope
from verifier.engines.symbolic.quantify import type_named
from verifier.engines.symbolic.resolve import names, without_unused_writes
from verifier.engines.symbolic.snapshot import NotUnderstood, Snapshot
from verifier.engines.symbolic.storage import Clean, CleanStorage, Journal
from verifier.engines.symbolic.values import Value, as_bits, conj, equal, implies, natural, negation
from verifier.engines.symbolic.witness import Stage
from verifier.implementation import Implementation
from verifier.obligation import Ledger
from verifier.runtime import Immutable, Runtime
from verifier.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class Claim:
    """One obligation on one path; `formula` None means that it could not be stated, `reason` says why."""

    obligation: str
    formula: BoolRef | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Claims that were stated under the same further conditions; `path` are the path's conditions as they read under those.

    `writes` are those that only define what no claim reads: of interest to people who look at a model.
    """

    path: tuple[BoolRef, ...]
    claims: tuple[Claim, ...]
    writes: tuple[BoolRef, ...] = ()


def group(at: Snapshot, given: Sequence[BoolRef], claims: Sequence[Claim]) -> Group:
    """Resolve what was written under the given conditions (which the snapshot's solver has), in claims and path alike."""
    ex = at.ex
    resolver = at.resolver()
    resolved = tuple(replace(c, formula=resolver.resolve(c.formula)) if c.formula is not None else c for c in claims)
    conditions = [*(resolver.resolve(c) for c in ex.path.conditions), *(g for g in given if not is_true(g))]
    stated = [c.formula for c in resolved if c.formula is not None]
    kept = without_unused_writes(conditions, {**ex.storages, **ex.balances}, stated)
    needed = {c.get_id() for c in kept}
    return Group(tuple(kept), resolved, tuple(c for c in conditions if c.get_id() not in needed))


@dataclass(slots=True)
class PathRecord:
    """One path and what is claimed of it. `conditions` are those of the moment of the claims."""

    conditions: tuple[BoolRef, ...]
    claims: tuple[Claim, ...]
    witness: dict[str, Any] = field(default_factory=dict)  # terms to ask a model for
    succeeded: bool = True
    at_callout: bool = False
    stage: Stage | None = None  # what a successful path stands on, to be played on the EVM
    writes: tuple[BoolRef, ...] = ()  # conditions that no claim needs, but the witness


OnPath: TypeAlias = Callable[[PathRecord], None]


def go_on(_: PathRecord) -> None:
    """Do nothing about a path before all are found."""


@dataclass(slots=True)
class Exploration:
    """All paths of one run; `incomplete` says why obligations of this run cannot count as proved.

    `on_path` hears of each path when it is found, and may end the exploration by an exception.

    `cuts` are the paths on which loops were not followed further (`loops` says so in words); what is claimed of them is that an obligation
    says nothing of calls that come there. `never` says what it means that no path comes to its end.
    """

    title: str
    paths: list[PathRecord] = field(default_factory=list)
    cuts: list[PathRecord] = field(default_factory=list)
    loops: str = ""
    incomplete: list[str] = field(default_factory=list)
    bounds: list[str] = field(default_factory=list)
    never: str = "it can never succeed: every call reverts"
    journal: Journal = field(default_factory=Journal)
    on_path: OnPath = go_on

    def add(self, paths: Iterable[PathRecord]) -> None:
        """Keep paths, and tell of each."""
        for path in paths:
            self.paths.append(path)
            self.on_path(path)


@dataclass(frozen=True, slots=True)
class Subject:
    """What is explored: a specification and an artifact. `creation` is hex."""

    specification: Specification
    ledger: Ledger
    implementation: Implementation
    creation: str
    runtime: Runtime
    config: HalmosConfig
    clean: Clean
    observes_returns: bool
    extra_views: tuple[str, ...]  # selectors of views that the interface lacks
    surroundings: Surroundings | None = None

    def probe_of(self, code: ByteVec) -> ByteVec | None:
        """Return the probe as the deployment that left this code would leave it; None where there is none.

        Raises NotUnderstood where the code is not what the compiler says: every rule about the source speaks of that code.
        """
        values = immutables(code, self.runtime)
        probe = self.implementation.probe
        if probe is None:
            return None
        missing = sorted({x.variable.rpartition(".")[2] for x in probe.immutables if x.variable not in values})
        if missing:
            raise NotUnderstood(f"the lock, a lemma or an `is` reads {', '.join(missing)}, of which the code keeps no value")
        return _assembled(probe, [values[x.variable] for x in probe.immutables])

    @property
    def answered(self) -> tuple[Function, ...]:
        """The functions of the interface that the contract has."""
        return tuple(f for f in self.specification.functions if f.signature not in self.implementation.defined)

    def has(self, id: str) -> bool:
        return any(o.id == id for o in self.ledger.obligations)


def immutables(code: ByteVec, runtime: Runtime) -> dict[str, ByteVec]:
    """Return the values of immutables in installed code.

    Raises NotUnderstood where that is not the compiled code.
    """
    compiled = bytes.fromhex(runtime.code)
    values: dict[str, ByteVec] = {}
    at = 0
    if len(code) != len(compiled):
        raise NotUnderstood("the constructor installs other code than the contract's")
    for x in (*runtime.immutables, Immutable("", len(compiled), 0)):
        if x.start > at and code.slice(at, x.start).unwrap() != compiled[at : x.start]:
            raise NotUnderstood("the constructor installs other code than the contract's")
        at = x.start + x.length
        value = code.slice(x.start, at)
        if not _same_bytes(values.setdefault(x.variable, value), value):
            raise NotUnderstood("the constructor gives an immutable two values")
    return values


def installed(code: ByteVec, runtime: Runtime, other: Runtime) -> ByteVec:
    """Return another version's code as the deployment that left this code would leave it. Raises NotUnderstood."""
    values = immutables(code, runtime)
    if any(x.variable not in values for x in other.immutables):
        raise NotUnderstood("the code keeps no value of an immutable")
    return _assembled(other, [values[x.variable] for x in other.immutables])


def _same_bytes(a: ByteVec, b: ByteVec) -> bool:
    x, y = a.unwrap(), b.unwrap()
    return bool(x == y if isinstance(x, bytes) or isinstance(y, bytes) else x.eq(y))


def _assembled(runtime: Runtime, values: Sequence[ByteVec]) -> ByteVec:
    compiled, code, at = bytes.fromhex(runtime.code), ByteVec(), 0
    for x, value in zip(runtime.immutables, values, strict=True):
        code.append(compiled[at : x.start])
        code.append(value)
        at = x.start + x.length
    code.append(compiled[at:])
    return code


MOST_BOUND = 4  # symbols of type address that one `forall` binds
DEPLOYED_WITH = "dynamic constructor arguments of one length"
ARGUMENTS = "sw_arg_d_"  # the symbols of deployment parameters: at run time they come from the code only
ANSWERS = "strangers return 0, 32 or 64 bytes, and the code looks at what they return"


def machine_for(subject: Subject, journal: Journal) -> m.Machine:
    """Return an interpreter for one exploration."""
    CleanStorage.journal = journal
    CleanStorage.clean = staticmethod(subject.clean)
    return m.Machine(
        subject.config,
        w.OWN,
        journal,
        observes_returns=subject.observes_returns,
        ether_arrives=subject.implementation.lock is not None,
        there=_there(subject),
        definitions=_definitions(subject),
    )


def _definitions(subject: Subject) -> m.Definitions | None:
    found = subject.implementation.definitions
    return m.Definitions({x.getter: keccak(x.signature.encode())[:4] for x in found}, subject.probe_of) if found else None


def _there(subject: Subject) -> m.There | None:
    found = subject.surroundings
    if found is None:
        return None
    return m.There(
        w.THERE,
        m.Code(bytes.fromhex(found.code)),
        found.selectors,
        found.views,
        dict(found.arguments),
        found.counter,
        bytes.fromhex(found.no_behaviour),
    )


def assume_address(subject: Subject, at: Snapshot) -> None:
    """Assume that the environment's getter gives its address. Raises Infeasible where it cannot."""
    environment = subject.specification.environment
    if environment is not None:
        value = Evaluator(subject.specification, at, Scope()).read(environment.getter, [])
        at.ex.path.append(conj(value.defined, value.term == w.THERE))


def fixed_address(subject: Subject, machine: m.Machine, code: ByteVec) -> BoolRef:
    """Return that the environment's getter gives an address in every state that this code can have: the code alone says which.

    Raises NotUnderstood where it may turn on anything but deployment parameters in the code: proofs begin where it gives an address that
    behaves as the model, so they say nothing of a time before.
    """
    environment = subject.specification.environment
    assert environment is not None
    env = w.Environment("_any")
    message = Message(target=w.OWN, caller=env.sender, origin=env.origin, value=uint256(0), data=ByteVec(), call_scheme=0xFA)
    ex = w.new_exec(machine, subject.config, message, m.Code(code), env.block(), arbitrary=True, tag="_any")
    value = Evaluator(subject.specification, snapshot(machine, ex), Scope()).read(environment.getter, [])
    if not all(n == str(w.THERE) or n.startswith(ARGUMENTS) for n in names(conj(value.defined, value.term == w.THERE))):
        raise NotUnderstood(f"{environment.id}() may change: let it return an immutable that is a deployment parameter, or a constant")
    return value.defined


def deploy(subject: Subject, arguments: w.Arguments, journal: Journal) -> tuple[w.Environment, m.Machine, Exec, Iterator[Exec]]:
    """Begin a deployment at the contract's address with arbitrary arguments; ether may be there before the code."""
    enter_stage("d")
    CleanStorage.phase = "_d"
    machine = machine_for(subject, journal)
    machine.ether_arrives = True  # whoever is called may pay the address that has no code yet
    env = w.Environment("_d")
    code = ByteVec(bytes.fromhex(subject.creation))
    code.append(arguments.data)
    value = ZeroExt(128, env.value)
    message = Message(target=w.OWN, caller=env.sender, origin=env.origin, value=uint256(value), data=ByteVec(), call_scheme=0xF0)
    ex = w.new_exec(machine, subject.config, message, m.Code(code), env.block(), arbitrary=False, tag="_d")
    w.assume(ex, *env.facts(), *arguments.facts)
    if subject.surroundings is not None:
        w.assume(ex, *w.there_facts())
        _assume_fresh(subject, snapshot(machine, ex), arguments)
    return env, machine, ex, machine.run(ex)


def _assume_fresh(subject: Subject, at: Snapshot, arguments: w.Arguments) -> None:
    """Assume what the environment's model says of an address that had no code yet, at every key that claims may ask for."""
    environment = subject.specification.environment
    assert environment is not None
    ev = Evaluator(subject.specification, at, Scope())
    given = [x.term for x in arguments.values.values() if isinstance(x.term, BitVecRef) and x.term.size() == ADDRESS.bits]
    others = [BitVec(f"sw_any_address_{i}", ADDRESS.bits) for i in range(MOST_BOUND)]
    for getter in (g for g in environment.getters if g.name.rpartition(".")[2] in model_of(environment).fresh):
        for key in (*others, *given, w.Environment("_d").sender, w.THERE):
            words = [word(Value(x), p.type) for x, p in zip((w.OWN, key), getter.parameters, strict=True)]
            value = ev.read(getter.signature, words)
            at.ex.path.append(equal(value.term, natural(0)))


def templates(subject: Subject) -> tuple[tuple[w.Template, ...], tuple[str, ...]]:
    """Return the runtime codes that deployments can leave, one for each successful path, with what holds of their immutables;

    and, where there are any, the bounds within which deployments were looked at. Raises NotUnderstood.
    """
    journal = Journal()
    arguments = w.arguments(subject.specification.constructor.parameters, "_d")
    _, machine, ex, ends = deploy(subject, arguments, journal)
    made: list[w.Template] = []
    w.pay(ex, w.Environment("_d").sender, w.OWN, w.Environment("_d").value)
    for end in ends:
        if end.context.is_stuck():
            raise NotUnderstood(f"the constructor could not be followed: {end.context.get_stuck_reason()}")
        if end.context.output.error is not None:
            continue
        code = end.context.output.data
        if subject.surroundings is not None:
            end.code[w.OWN] = m.Code(code)
            assume_address(subject, snapshot(machine, end))
            if end.path.check(BoolVal(True)) == unsat:
                continue
        concrete = isinstance(code.unwrap(), bytes)
        made.append(w.Template(code, () if concrete else tuple(end.path.conditions), subject.probe_of(code)))
    if machine.logs.bounded_loops:
        raise NotUnderstood("the constructor has a loop that was not followed to its end")
    if not made:
        raise (NotUnderstood if arguments.bounded or journal.observed else NoDeployment)(_never_deployed(subject))
    bounds = []
    if arguments.bounded:
        bounds.append(DEPLOYED_WITH)
    if journal.observed:
        bounds.append(ANSWERS)
    return tuple(made), tuple(bounds) if subject.runtime.immutables else ()


class NoDeployment(NotUnderstood):
    """Say that whatever the arguments are, no deployment succeeds, or none names an address at which the environment can be."""


def _never_deployed(subject: Subject) -> str:
    environment = subject.specification.environment
    there = f" with {environment.id}() at an address where a contract can be" if environment is not None else ""
    return f"no deployment can succeed{there}"


def in_any_state(
    subject: Subject,
    template: w.Template,
    env: w.Environment,
    message: Message,
    journal: Journal,
    *,
    itself: bool | None = False,
    reading: bool = False,
    code: type[m.Code] = m.Code,
) -> tuple[m.Machine, Exec]:
    """Return a machine and any state of a deployed contract; `itself`: the contract is the sender (None: it may be); `reading`: the call is
    of a view; `code`: how its instructions are read."""
    enter_stage(env.tag)
    CleanStorage.phase = ""
    machine = machine_for(subject, journal)
    ex = w.new_exec(machine, subject.config, message, code(template.code), env.block(), arbitrary=True, tag="")
    deployed = w.Environment("_d")
    facts = (*template.conditions, ULE(deployed.timestamp, env.timestamp), ULE(deployed.number, env.number)) if template.conditions else ()
    w.assume(ex, *env.facts(itself, reading=reading), *facts)
    if subject.surroundings is not None:
        w.assume(ex, *w.there_facts())
        assume_address(subject, snapshot(machine, ex))
    ex.balance_of(w.OWN)
    return machine, ex


def snapshot(machine: m.Machine, ex: Exec) -> Snapshot:
    return Snapshot(machine, ex, w.READER, w.READER_ORIGIN)


class Probe:
    """The lock and the lemmas, read through the probe's code."""

    def __init__(self, subject: Subject, code: ByteVec | None) -> None:
        self.subject = subject
        self.code = m.Code(code) if code is not None else None

    def locked(self, at: Snapshot) -> BoolRef:
        """Return the lock expression; a lock without a value counts as locked."""
        return negation(self._holds(at, "solwright_lock()", (), True))

    def lemma(self, at: Snapshot, id: str, bound: Sequence[BitVecRef] = ()) -> BoolRef:
        """Return a lemma (defined and true) at values of its bound symbols."""
        x = next(x for x in self.subject.implementation.lemmas if x.id == id)
        signature = f"{x.function}({','.join(type_named(t).name for t, _ in x.bound)})"
        return self._holds(at, signature, bound, False)

    def _holds(self, at: Snapshot, signature: str, arguments: Sequence[BitVecRef], negated: bool) -> BoolRef:
        if self.code is None:
            raise NotUnderstood("the lock or a lemma reads more than storage")
        data = ByteVec(keccak(signature.encode())[:4])
        for a in arguments:
            data.append(a)
        terms = []
        for o in at.view(data, self.code):
            if o.data is None:
                terms.append(negation(o.guard))
                continue
            value = from_word(as_bits(o.data.slice(0, 32)), BOOL)
            terms.append(implies(o.guard, conj(value.defined, negation(value.term) if negated else value.term)))
        return simplify(conj(*terms))
