"""A state of the contract, and what its getters say there.

A getter is run on the state without changing it. Where it branches, its outcomes are merged into one value under the branches'
conditions, so that reading never multiplies paths. Facts that halmos learns on the way (hashes, clean words) are true of every state and
are added to the path.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from halmos.bytevec import ByteVec
from halmos.exceptions import HalmosException
from halmos.sevm import ZERO, CallContext, Exec, Message, Path, State
from z3 import BitVecRef, BoolRef, unsat

from specs.specification import Function
from verifier.engines.symbolic.machine import Machine
from verifier.engines.symbolic.pruned import left_out
from verifier.engines.symbolic.resolve import Resolver
from verifier.engines.symbolic.storage import equal_on, given_of
from verifier.engines.symbolic.values import conj


class NotUnderstood(Exception):
    """Say why a value cannot be computed; what depends on it is UNKNOWN."""


class Infeasible(NotUnderstood):
    """Say that no state satisfies the conditions under which it is looked at: what is claimed there holds of nothing."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way in which a getter ends; `data` is None where it reverts."""

    guard: BoolRef
    data: ByteVec | None


def copy_of(path: Path) -> Path:
    """Return a path that begins where this one is, in the solver's innermost scope."""
    out = Path(path.solver)
    out.num_scopes = path.solver.num_scopes()
    out.conditions = path.conditions.copy()
    out.concretization = type(path.concretization)(dict(path.concretization.substitution), dict(path.concretization.candidates))
    out.term_to_vars = path.term_to_vars
    out.given = given_of(path)
    return out


class Snapshot:
    """The state of `ex` at this moment: storage, ether, chain. Reads are cached."""

    def __init__(self, machine: Machine, ex: Exec, reader: BitVecRef, origin: BitVecRef) -> None:
        self.machine = machine
        self.ex = ex
        self.reader = reader
        self.origin = origin
        self._reads: dict[Any, tuple[Any, tuple[Outcome, ...]]] = {}  # the term is kept, so that its id stays its own

    @contextmanager
    def given(self, *conditions: BoolRef) -> Iterator[Snapshot]:
        """Look at the same state under further conditions: reads are resolved under them. What is read holds only where they do."""
        path = self.ex.path
        before = given_of(path)
        path.solver.push()
        path.solver.add(*conditions)
        path.given = (*before, *conditions)
        try:
            yield Snapshot(self.machine, self.ex, self.reader, self.origin)
        finally:
            path.given = before
            path.solver.pop()

    def resolver(self) -> Resolver:
        """Return a rewriter of terms of this state."""
        return Resolver({**self.ex.storages, **self.ex.balances}, lambda a, b: equal_on(self.ex.path, a, b))

    def view(self, data: ByteVec, code: Any = None, *, there: bool = False) -> tuple[Outcome, ...]:
        """Call a getter, the environment's where it is `there` (or `code` put in the contract's place).

        Raises NotUnderstood where a path gets stuck or a bound is met.
        """
        raw = data.unwrap()
        key = (raw if isinstance(raw, bytes) else raw.get_id(), id(code), there)
        if key not in self._reads:
            self._reads[key] = (raw, tuple(self._run(data, code, there)))
        return self._reads[key][1]

    def reading(self, getter: Function) -> tuple[bytes, Any]:
        """Return how a getter is called: its selector, and the code that stands in for a contract that does not have it.

        Raises NotUnderstood where that reads more than storage.
        """
        known = self.machine.definitions
        if known is None or getter.signature not in known.selectors:
            return bytes.fromhex(getter.selector), None
        code = known.code(self.ex.code[self.machine.own])
        if code is None:
            raise NotUnderstood(f"{getter.title}, whose definition (or the lock, or a lemma) reads more than storage")
        return known.selectors[getter.signature], code

    def _run(self, data: ByteVec, code: Any, there: bool) -> list[Outcome]:
        ex, machine = self.ex, self.machine
        target = machine.there.address if there and machine.there is not None else machine.own
        solver = ex.path.solver
        scopes = solver.num_scopes()
        solver.push()
        bounded, cut = len(machine.logs.bounded_loops), len(machine.cuts)
        watcher, machine.on_callout = machine.on_callout, None
        codes = ex.code.copy()
        if code is not None:
            codes[machine.own] = code
        message = Message(target=target, caller=self.reader, origin=self.origin, value=ZERO, data=data, is_static=True, call_scheme=0xFA)
        sub = Exec(
            code=codes,
            storage=ex.storage,
            transient_storage=ex.transient_storage,
            balance=ex.balance,
            block=ex.block,
            context=CallContext(message=message),
            callback=None,
            pgm=codes[target],
            st=State(),
            jumpis={},
            path=copy_of(ex.path),
            alias=ex.alias.copy(),
            cnts=ex.cnts,
            sha3s=ex.sha3s,
            storages=ex.storages,
            balances=ex.balances,
        )
        out, facts = [], []
        try:
            for end in machine.run(sub):
                if end.context.is_stuck():
                    raise NotUnderstood(f"a getter could not be followed: {end.context.get_stuck_reason()}")
                new = [c for c in end.path.conditions if c not in ex.path.conditions]
                facts += [c for c in new if not end.path.conditions[c]]
                guard = conj(*(c for c in new if end.path.conditions[c]))
                out.append(Outcome(guard, end.context.output.data if end.context.output.error is None else None))
        except HalmosException as err:
            raise NotUnderstood(f"a getter could not be followed: {err}") from err
        finally:
            solver.pop(solver.num_scopes() - scopes)
            machine.on_callout = watcher
        if len(machine.logs.bounded_loops) > bounded:
            del machine.logs.bounded_loops[bounded:], machine.cuts[cut:]  # it has no value here, so it bounds nothing else
            raise NotUnderstood("a getter has a loop that was not followed to its end")
        for fact in dict.fromkeys(facts):
            ex.path.append(fact)
        if not out:
            if solver.check() != unsat:
                raise NotUnderstood("a getter has no feasible path")
            left_out(solver.assertions(), None)
            raise Infeasible
        return out
