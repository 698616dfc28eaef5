"""Storage, transient storage and ether as halmos' symbols, and reading through the writes that a path has made.

halmos' Solidity storage model, with transient symbols of their own, clean enums, and counted names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from halmos import sevm
from halmos.exceptions import HalmosException
from halmos.sevm import Exec, Path, SolidityStorage, StorageData
from z3 import (
    ULE,
    Z3_ARRAY_SORT,
    Z3_OP_UNINTERPRETED,
    Array,
    BitVec,
    BitVecRef,
    BitVecSort,
    BitVecVal,
    BoolRef,
    Const,
    Extract,
    Not,
    Select,
    SolverFor,
    Store,
    is_app,
    is_bv_value,
    is_false,
    is_true,
    simplify,
    unsat,
)

from verifier.engines.symbolic.pruned import left_out
from verifier.engines.symbolic.resolve import relevant
from verifier.limits import may_be_hash

Clean = Callable[[bool, int, tuple[Any, ...]], Iterable[tuple[int, int, int]]]


ARRAY = 0  # a step to the data of an array
KEYS_WORK, KEYS_MS = 6_000_000, 30_000  # of z3, about two keys: work is what ends it, after about half a second


@dataclass(frozen=True, slots=True)
class Location:
    """A word of storage: a base slot and the hashes on the way from it.

    `shape` has the size of the key in bits for each mapping on the way, ARRAY for each array; `keys` has, step by step, a mapping's key and
    what is added to the hash. Words of different shapes are different words, for their hashes have different preimages.
    """

    slot: int
    shape: tuple[int, ...]
    keys: tuple[Any, ...]

    @property
    def size(self) -> int:
        """How many bits all keys have."""
        return sum(int(key.size()) for key in self.keys)


@dataclass(frozen=True, slots=True)
class SlotRead:
    """An initial word of storage that a path looked at, and the symbol of its value; `account` is "" for the contract's own."""

    transient: bool
    location: Location
    value: BitVecRef
    account: str = ""


class OtherStorage(StorageData):
    """Arbitrary storage of another account; `account` keeps its symbols apart from the contract's own."""

    def __init__(self, account: str) -> None:
        super().__init__()
        self.symbolic = True
        self.account = account


def account_of(data: StorageData) -> str:
    """Return what marks the symbols of an account's storage."""
    return data.account if isinstance(data, OtherStorage) else ""


@dataclass(slots=True)
class Journal:
    """What a run saw beside its paths; shared by all paths of one exploration."""

    reads: dict[str, SlotRead] = field(default_factory=dict)
    self_calls: set[str] = field(default_factory=set)  # selectors, or "*"
    observed: bool = False  # a stranger's answer was met by code that looks at return data


class CleanStorage(SolidityStorage):
    """halmos' Solidity storage with transient symbols of their own, clean enums, and a map of its own for each shape of location.

    The initial symbols of storage are named `storage<phase>_<slot>_<shape>_00`, of transient storage `transient…`; `phase` keeps states
    apart that stand in one query. Symbols of other accounts are marked by their storage (`OtherStorage`).
    """

    clean: Clean = staticmethod(lambda *_: ())
    journal: Journal | None = None
    phase = ""

    @classmethod
    def _name(cls, transient: bool, account: str, at: Location, version: str) -> str:
        steps = "".join(f"_{size or 'data'}" for size in at.shape)
        return f"{'transient' if transient else 'storage'}{cls.phase}{account}_{at.slot}{steps}_{version}"

    @classmethod
    def _chunk(cls, storage: dict[Any, StorageData], transient: bool, addr: Any, at: Location) -> Any:
        data = storage[addr]
        key = (at.slot, at.shape)
        if key not in data:
            name = cls._name(transient, account_of(data), at, "00")
            if at.keys:
                data[key] = Array(name, BitVecSort(at.size), BitVecSort(256))
            else:
                data[key] = BitVec(name, 256) if data.symbolic else BitVecVal(0, 256)
        return data[key]

    @classmethod
    def locate(cls, ex: Exec, loc: Any) -> Location:
        """Take a location apart; a number that may be the hash of a mapping's key, worked out before, belongs to nobody that is known.

        Source: solidity documentation, layout of mappings and dynamic arrays.
        """
        shape, (base, *keys) = cls._steps(ex, loc)
        slot = ex.int_of(base, "symbolic storage base slot")
        if may_be_hash(slot):
            raise HalmosException("a storage slot that may belong to a mapping")
        return Location(slot, shape, tuple(keys))

    @classmethod
    def _steps(cls, ex: Exec, loc: Any) -> tuple[tuple[int, ...], tuple[Any, ...]]:
        """Return the shape of a location, and its base slot with the keys behind it."""
        loc = sevm.normalize(loc)
        name = loc.decl().name()
        if is_bv_value(loc):
            hashed = ex.sha3s.reverse_lookup(loc.as_long())
            return cls._steps(ex, hashed) if hashed is not None else ((), (loc,))
        if sevm.is_f_sha3_name(name) and loc.num_args() == 1:
            preimage = loc.arg(0)
            size = preimage.size() - 256
            if size == 0:
                shape, keys = cls._steps(ex, preimage)
                return (*shape, ARRAY), (*keys, BitVecVal(0, 256))
            if size > 0:
                base, key = simplify(Extract(255, 0, preimage)), simplify(Extract(size + 255, 256, preimage))
                shape, keys = cls._steps(ex, base)
                return (*shape, size), (*keys, key, BitVecVal(0, 256))
        if name == "bvadd":
            parts = sorted((cls._steps(ex, x) for x in loc.children()), key=lambda part: len(part[1]), reverse=True)
            (shape, keys), *rest = parts
            if any(len(more) > 1 for _, more in rest):
                raise HalmosException("a storage slot that is the sum of two hashes")
            return shape, (*keys[:-1], sum((more[0] for _, more in rest), keys[-1]))
        return (), (loc,)

    @classmethod
    def load(cls, ex: Exec, storage: dict[Any, StorageData], addr: Any, loc: Any) -> Any:
        at = cls.locate(ex, loc)
        transient = storage is ex.transient_storage
        chunk = cls._chunk(storage, transient, addr, at)
        symbolic, account = storage[addr].symbolic, account_of(storage[addr])
        first = cls._name(transient, account, at, "00")
        if not at.keys:
            value, initial = chunk, BitVec(first, 256)
        else:
            key = sevm.concat(at.keys)
            initial = Select(Array(first, BitVecSort(at.size), BitVecSort(256)), key)
            if not symbolic:
                ex.path.append(initial == BitVecVal(0, 256))
            value = ex.select(chunk, key, ex.storages, True)
        if symbolic:
            for offset, bits, largest in cls.clean(transient, at.slot, at.keys) if ARRAY not in at.shape and not account else ():
                ex.path.append(ULE(Extract(offset + bits - 1, offset, initial), BitVecVal(largest, bits)))
            if cls.journal is not None:
                cls.journal.reads.setdefault(initial.sexpr(), SlotRead(transient, at, initial, account))
        return value

    @classmethod
    def store(cls, ex: Exec, storage: dict[Any, StorageData], addr: Any, loc: Any, val: Any) -> None:
        at = cls.locate(ex, loc)
        transient = storage is ex.transient_storage
        chunk = cls._chunk(storage, transient, addr, at)
        if not at.keys:
            storage[addr][at.slot, at.shape] = val
            return
        fresh = Array(
            cls._name(transient, account_of(storage[addr]), at, f"{1 + len(ex.storages):02}"), BitVecSort(at.size), BitVecSort(256)
        )
        stored = Store(chunk, sevm.concat(at.keys), val)
        ex.path.append(fresh == stored)
        storage[addr][at.slot, at.shape] = fresh
        ex.storages[fresh] = stored


def initial_words(place: tuple[int, tuple[int, ...]], like: Any, *, transient: bool, symbolic: bool) -> Any:
    """Return what a state of the contract has at a base slot behind steps of a shape before anything is written; `like`: the sort of it."""
    slot, shape = place
    if not (shape or symbolic):
        return BitVecVal(0, 256)
    return Const(CleanStorage._name(transient, "", Location(slot, shape, ()), "00"), like.sort())


def _select(self: Exec, array: Any, key: Any, arrays: dict[Any, Any], symbolic: bool = False) -> Any:  # noqa: ARG001 — halmos calls it so
    """Read an array through the writes whose keys are known to differ;

    an undecided key ends the search. All arrays here begin with symbols.
    """
    while array in arrays:
        base, where, value = arrays[array].children()
        same = equal_on(self.path, key, where)
        if same is None:
            break
        if same:
            return value
        array = base
    return Select(array, key)


def equal_on(path: Path, a: Any, b: Any) -> bool | None:
    """Tell whether two keys are equal on a path, by its conditions on plain words alone (no storage, no hashes); None where those leave it
    open.

    Leaving out conditions can only leave open what they would decide.
    """
    if a.eq(b):
        return True
    equal = simplify(a == b)
    if is_true(equal) or is_false(equal):
        return bool(is_true(equal))
    if not _is_plain(equal):
        return None
    solver = SolverFor("QF_BV")
    solver.set(timeout=KEYS_MS, rlimit=KEYS_WORK)
    conditions = relevant([c for c in (*path.conditions, *given_of(path)) if _is_plain(c)], equal)
    solver.add(*conditions)
    for answer, other in ((False, equal), (True, Not(equal))):
        if solver.check(other) == unsat:
            left_out(conditions, other)
            return answer
    return None


def is_excluded(path: Path, condition: BoolRef) -> bool:
    """Tell whether a path's conditions on plain words exclude a condition on plain words; False where they leave it open."""
    if not _is_plain(condition):
        return False
    solver = SolverFor("QF_BV")
    solver.set(timeout=KEYS_MS, rlimit=KEYS_WORK)
    conditions = relevant([c for c in path.conditions if _is_plain(c)], condition)
    solver.add(*conditions)
    if solver.check(condition) != unsat:
        return False
    left_out(conditions, condition)
    return True


def given_of(path: Path) -> tuple[BoolRef, ...]:
    """Return the further conditions under which the path's state is being looked at."""
    found: tuple[BoolRef, ...] = getattr(path, "given", ())
    return found


_plain: dict[int, tuple[Any, bool]] = {}


def _is_plain(term: Any) -> bool:
    """Tell whether a term speaks of words only."""
    key = term.get_id()
    if key not in _plain:
        uninterpreted = is_app(term) and term.decl().kind() == Z3_OP_UNINTERPRETED
        fits = not (uninterpreted and (term.num_args() > 0 or term.sort().kind() == Z3_ARRAY_SORT))
        _plain[key] = (term, fits and all(_is_plain(c) for c in term.children()))
    return _plain[key][1]


Exec.select = _select
