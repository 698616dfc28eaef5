"""Start states: a deployment, and any state of a deployed contract.

What is arbitrary is a symbol; what the language promises of the world (docs/language.md) is a condition of the path.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from halmos.bytevec import ByteVec
from halmos.config import Config as HalmosConfig
from halmos.sevm import Block, CallContext, Exec, KeccakRegistry, Message, Path, State, StorageData
from z3 import UGT, ULE, Array, BitVec, BitVecRef, BitVecSort, BitVecVal, BoolRef, ZeroExt

from specs.specification import Parameter
from verifier.engines.symbolic import values as v
from verifier.engines.symbolic.encoding import encode, fresh
from verifier.engines.symbolic.machine import Code, Machine, branch_solver
from verifier.engines.symbolic.storage import OtherStorage
from verifier.engines.symbolic.values import Value

OWN = BitVec("sw_this", 160)
THERE = BitVec("sw_there", 160)  # the environment's address
READER = BitVec("sw_reader", 160)
READER_ORIGIN = BitVec("sw_reader_origin", 160)


@dataclass(frozen=True, slots=True)
class Environment:
    """The symbols of one transaction; `tag` keeps transactions of one query apart."""

    tag: str

    def word(self, name: str, bits: int) -> BitVecRef:
        return BitVec(f"sw_{name}{self.tag}", bits)

    @property
    def sender(self) -> BitVecRef:
        return self.word("sender", 160)

    @property
    def origin(self) -> BitVecRef:
        return self.word("origin", 160)

    @property
    def value(self) -> BitVecRef:
        return self.word("value", 128)

    @property
    def timestamp(self) -> BitVecRef:
        return self.word("timestamp", 64)

    @property
    def number(self) -> BitVecRef:
        return self.word("number", 64)

    def block(self) -> Block:
        return Block(
            basefee=self.word("basefee", 256),
            chainid=self.word("chainid", 256),
            coinbase=self.word("coinbase", 160),
            difficulty=self.word("prevrandao", 256),
            gaslimit=self.word("gaslimit", 256),
            number=ZeroExt(192, self.number),
            timestamp=ZeroExt(192, self.timestamp),
        )

    def facts(self, itself: bool | None = False, *, reading: bool = False) -> tuple[BoolRef, ...]:
        """What the world promises of a call and its sender; `itself`: the contract is the sender (None: it may be).

        `reading`: a view is called, by anybody. Nobody signs that, and most tools ask as address 0.
        """
        who = () if itself is None else (self.sender == OWN if itself else self.sender != OWN,)
        callers = () if reading else (UGT(self.sender, BitVecVal(0x11, 160)), UGT(self.origin, BitVecVal(0x11, 160)))
        return (*who, *callers, UGT(OWN, BitVecVal(0x11, 160)))

    def world(self, selector: str, value: BitVecRef | None) -> Mapping[str, Value]:
        """What `msg.*`, `block.*` and `address(this)` mean in clauses."""
        return {
            "msg.sender": Value(self.sender),
            "msg.value": Value(v.integer(value) if value is not None else v.natural(0)),
            "msg.sig": Value(BitVecVal(int(selector or "0", 16), 32)),
            "block.timestamp": Value(v.integer(self.timestamp)),
            "block.number": Value(v.integer(self.number)),
            "address(this)": Value(OWN),
        }


@dataclass(frozen=True, slots=True)
class Arguments:
    """Symbolic arguments: their values by name, their encoding, the facts that bound them, and whether sizes were chosen for dynamic
    ones.
    """

    values: Mapping[str, Value]
    data: ByteVec
    facts: tuple[BoolRef, ...]
    bounded: bool


def arguments(parameters: Sequence[Parameter], tag: str, length: int = 32) -> Arguments:
    """Return arbitrary arguments; dynamic ones have `length` bytes (or as many elements as fit)."""
    made = [fresh(f"sw_arg{tag}_{p.name or i}", p.type, length) for i, p in enumerate(parameters)]
    parts = [x for x, _ in made]
    facts = tuple(fact for _, more in made for fact in more)
    data, _ = encode(parts, [p.type for p in parameters])
    named = {p.name: x for p, x in zip(parameters, parts, strict=True) if p.name}
    return Arguments(named, data, facts, any(p.type.is_dynamic for p in parameters))


def there_facts() -> tuple[BoolRef, ...]:
    """What is taken for granted of the environment's address: it is not the contract's. It may be anybody else, the caller too."""
    return (THERE != OWN, UGT(THERE, BitVecVal(0x11, 160)))


def new_exec(machine: Machine, config: HalmosConfig, message: Message, code: Any, block: Block, *, arbitrary: bool, tag: str) -> Exec:
    """Return a state that is ready to run `message`; storage and transient storage are arbitrary, or zero.

    The environment's are arbitrary always: it was there before.
    """
    storage, transient = StorageData(), StorageData()
    storage.symbolic = transient.symbolic = arbitrary
    there = machine.there
    return Exec(
        code={machine.own: code if arbitrary else Code(b""), **({there.address: there.code} if there else {})},
        storage={machine.own: storage, **({there.address: OtherStorage("_there")} if there else {})},
        transient_storage={machine.own: transient, **({there.address: OtherStorage("_there")} if there else {})},
        balance=Array(f"sw_balance{tag}", BitVecSort(160), BitVecSort(256)),
        block=block,
        context=CallContext(message=message),
        callback=None,
        pgm=code,
        st=State(),
        jumpis={},
        path=Path(branch_solver(config)),
        alias={},
        cnts=defaultdict(int),
        sha3s=KeccakRegistry(),
        storages={},
        balances={},
    )


def assume(ex: Exec, *facts: BoolRef) -> None:
    """Add conditions to a path that has not run yet."""
    for fact in facts:
        ex.path.append(fact)


def pay(ex: Exec, sender: BitVecRef, to: BitVecRef, value: BitVecRef) -> None:
    """Move the value of a call before its code runs; the sender can afford it."""
    purse = ex.balance_of(sender)
    amount = ZeroExt(256 - value.size(), value)
    assume(ex, ULE(amount, purse))
    ex.balance_update(sender, purse - amount)
    ex.balance_update(to, ex.balance_of(to) + amount)


@dataclass(frozen=True, slots=True)
class Template:
    """One way in which a deployment can succeed: runtime code with its immutables, what holds of those, and the probe with the same."""

    code: ByteVec
    conditions: tuple[BoolRef, ...]
    probe: ByteVec | None = None
