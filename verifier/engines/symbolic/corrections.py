"""What is replaced in halmos' own classes, for all machines of this process; importing this module does it.

- hashes are injective as a whole, and what looks like the preimage of CREATE2 is hashed like everything else;
- the stack ends, and what halmos gives up as out of gas (much memory, deep calls) is not understood, for gas suffices;
- no address is a cheat code's: on the chain those are accounts like any other;
- what a product divided by a number is at most is known, besides that a quotient is at most what is divided;
- names of internal symbols are counted, not random, so that a query's text is reproducible.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from halmos import contract, sevm
from halmos.bitvec import HalmosBitVec, HalmosBool
from halmos.exceptions import HalmosException, StackOverflowError
from halmos.sevm import CallContext, Exec, Path, State
from halmos.utils import f_inv_sha3_name, uint160, uint256
from z3 import (
    UGT,
    ULE,
    ULT,
    BitVec,
    BitVecRef,
    BitVecSort,
    BitVecVal,
    BoolRef,
    CheckSatResult,
    Function,
    Or,
    Solver,
    is_true,
    sat,
    simplify,
    unknown,
    unsat,
)

from verifier.engines.symbolic.pruned import left_out
from verifier.engines.symbolic.resolve import relevant

OP_DIV, OP_BALANCE, OP_SELFBALANCE = 0x04, 0x31, 0x47
CREATE2_PREIMAGE = 85  # bytes
STACK = 1024  # words
SOON_WORK, BRANCHING_WORK = 1_000_000, 12_000_000  # of z3, for one question: less than a tenth of a second, and about a second


@dataclass(frozen=True, slots=True)
class EtherRead:
    """A mark in the trace: the contract looked at its own ether."""


def _balance_of(self: Exec, addr: Any) -> Any:
    """Read ether: any initial amount; all ether together is below 2^128 wei."""
    if self.insn is not None and self.insn.opcode in {OP_BALANCE, OP_SELFBALANCE}:
        self.context.trace.append(EtherRead())
    value = self.select(self.balance, uint160(addr).as_z3(), self.balances, True)
    self.path.append(ULT(value, BitVecVal(1 << 128, 256)))
    return value


_stage = ""
_numbers = itertools.count()  # no two symbols of halmos are one


def enter_stage(name: str) -> None:
    """Name the transaction that runs next: gas price and block hashes are arbitrary in each."""
    global _stage
    _stage = name


def stage() -> str:
    """Return the name of the transaction that runs."""
    return _stage


def _append(self: Path, cond: Any, branching: bool = False) -> None:
    """Add a condition; which conditions share variables is needed for halmos' own invariant tests only."""
    if is_true(simplify(cond)) or cond in self.conditions:
        return
    self.solver.add(cond)
    self.conditions[cond] = branching
    self.concretization.process_cond(cond)


FindsModel = Callable[[Sequence[BoolRef]], bool]
_finds_model: FindsModel = lambda _: False  # noqa: E731


def ask_about_branches(finds_model: FindsModel) -> None:
    """Name another solver, which may find a model of conditions before z3 does."""
    global _finds_model
    _finds_model = finds_model


def _check(self: Path, cond: Any) -> Any:
    """Ask whether a condition can hold on a path.

    z3 alone says that it cannot: with little work, or with more where another solver finds no model of the conditions that speak of it. A
    branch that is kept needs no proof, and z3 is slow to find models.
    """
    answer = _soon(self.solver, cond)
    if answer == unknown:
        assertions = list(self.solver.assertions())
        answer = sat if _finds_model([*relevant(assertions, cond), cond]) else self.solver.check(cond)
    if answer == unsat:
        left_out(self.solver.assertions(), cond)
    return answer


def _soon(solver: Solver, cond: Any) -> CheckSatResult:
    """Ask with little work; the limit of a path's solver stays what it is, for whoever asks it besides."""
    solver.set(rlimit=SOON_WORK)
    try:
        return solver.check(cond)
    finally:
        solver.set(rlimit=BRANCHING_WORK)


_arithmetic = sevm.SEVM.arith


def _arith(self: Any, ex: Exec, op: int, w1: Any, w2: Any) -> Any:
    """Compute, and note that a part of something is no more than it: a·b / y <= a where b <= y.

    So it is where the product wraps, which makes it smaller, and where y is 0, for then the EVM's quotient is 0.
    """
    quotient = _arithmetic(self, ex, op, w1, w2)
    if op == OP_DIV and quotient.is_symbolic and w1.is_symbolic and w1.as_z3().decl().eq(sevm.f_mul[256]):
        (a, b), y = w1.as_z3().children(), w2.as_z3()
        if not y.eq(a) and not y.eq(b):  # as solc's own test of a product for overflow divides
            ex.path.append(Or(UGT(b, y), ULE(quotient.as_z3(), a)))
            ex.path.append(Or(UGT(a, y), ULE(quotient.as_z3(), b)))
    return quotient


def _copy_context(self: CallContext, memo: Any) -> CallContext:
    # finished sub-calls do not change any more: share them
    output = replace(self.output, accounts_to_delete=set(self.output.accounts_to_delete))
    return CallContext(self.message, output, self.depth, list(self.trace), copy.deepcopy(self.prank, memo))


class BeyondTheModel(HalmosException):
    """Stand where halmos says out of gas or too deep: gas suffices, so what happens there is not known."""


_hash = Exec.sha3_data


def _sha3_data(self: Exec, data: Any) -> Any:
    """Hash; what looks like the preimage of CREATE2 is hashed as everything else (halmos makes an address up)."""
    made = _hash(self, data)
    if sevm.byte_length(data) != CREATE2_PREIMAGE:
        return made
    known = self.sha3_hash(data)
    return sevm.bytes_to_bv_value(known) if known is not None else self.sha3_expr(data)


def _assume_sha3_distinct(self: Exec, hashed: BitVecRef) -> None:
    """Assume that this hash has no other preimage. halmos assumes it of the lower 160 bits, which do collide."""
    if hashed in self.sha3s:
        return
    size = hashed.arg(0).size() if hashed.num_args() else 0
    if size:
        preimage = Function(f_inv_sha3_name(size), BitVecSort(256), BitVecSort(size))
        self.path.append(preimage(hashed) == hashed.arg(0))
    self.path.append(Function("f_inv_sha3_size", BitVecSort(256), BitVecSort(256))(hashed) == BitVecVal(size, 256))


def _within_stack(push: Callable[..., None]) -> Callable[..., None]:
    """Halt where the EVM's stack is full, which halmos' never is."""

    def pushed(self: State, *values: Any) -> None:
        push(self, *values)
        if len(self.stack) > STACK:
            raise StackOverflowError

    return pushed


for name in ("push", "push_any", "dup"):
    setattr(State, name, _within_stack(getattr(State, name)))
HalmosBool.bitwise_not = lambda self: HalmosBitVec(self, size=256).bitwise_not()  # of the word, not of the truth value
Exec.balance_of = _balance_of
Exec.sha3_data = _sha3_data
Exec.assume_sha3_distinct = _assume_sha3_distinct
for module in (sevm, contract):
    module.OutOfGasError = BeyondTheModel
sevm.MessageDepthLimitError = BeyondTheModel
sevm.CHEATCODE_ADDRESSES = ()
Path.append = _append
sevm.SEVM.arith = _arith
Path.check = _check
CallContext.__deepcopy__ = _copy_context
sevm.f_gasprice = lambda: BitVec(f"sw_gasprice_{_stage}", 256)
sevm.f_blockhash = lambda n: Function(f"sw_blockhash_{_stage}", BitVecSort(256), BitVecSort(256))(uint256(n).as_z3())
sevm.uid = lambda: f"{_stage}{next(_numbers)}"
