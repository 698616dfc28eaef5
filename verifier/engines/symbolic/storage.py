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
    Extract,
    Not,
    Select,
    SolverFor,
    Store,
    is_app,
    is_false,
    is_true,
    simplify,
    unsat,
)

from verifier.engines.symbolic.resolve import relevant
from verifier.limits import may_be_hash

Clean = Callable[[bool, int, tuple[Any, ...]], Iterable[tuple[int, int, int]]]


@dataclass(frozen=True, slots=True)
class SlotRead:
    """An initial word of storage that a path looked at: base slot, keys (terms), the symbol's value."""

    transient: bool
    slot: int
    keys: tuple[Any, ...]
    value: BitVecRef


@dataclass(slots=True)
class Journal:
    """What a run saw beside its paths; shared by all paths of one exploration."""

    reads: dict[str, SlotRead] = field(default_factory=dict)
    self_calls: set[str] = field(default_factory=set)  # selectors, or "*"
    observed: bool = False  # a stranger's answer was met by code that looks at return data


class CleanStorage(SolidityStorage):
    """halmos' Solidity storage with transient symbols of their own and clean enums.

    The initial symbols of storage are named `storage<phase>_<slot>_<keys>_<bits>_00`, of transient storage `transient…`; `phase` keeps
    states apart that stand in one query.
    """

    clean: Clean = staticmethod(lambda *_: ())
    journal: Journal | None = None
    phase = ""

    @classmethod
    def _name(cls, transient: bool, slot: int, num_keys: int, size_keys: int, version: str) -> str:
        return f"{'transient' if transient else 'storage'}{cls.phase}_{slot}_{num_keys}_{size_keys}_{version}"

    @classmethod
    def _chunk(cls, storage: dict[Any, StorageData], transient: bool, addr: Any, slot: int, num_keys: int, size_keys: int) -> Any:
        data = storage[addr]
        key = (slot, num_keys, size_keys)
        if key not in data:
            name = cls._name(transient, slot, num_keys, size_keys, "00")
            if size_keys:
                data[key] = Array(name, BitVecSort(size_keys), BitVecSort(256))
            else:
                data[key] = BitVec(name, 256) if data.symbolic else BitVecVal(0, 256)
        return data[key]

    @classmethod
    def get_key_structure(cls, ex: Exec, loc: Any) -> Any:
        """Take a location apart; a number that may be the hash of a mapping's key, worked out before, belongs to nobody that is known."""
        slot, keys, num_keys, size_keys = super().get_key_structure(ex, loc)
        if sum(key.size() != 256 for key in keys) > 1:
            raise HalmosException("a mapping with two keys of any length: which byte belongs to which key is not kept apart")
        if may_be_hash(slot):
            raise HalmosException("a storage slot that may belong to a mapping")
        return slot, keys, num_keys, size_keys

    @classmethod
    def load(cls, ex: Exec, storage: dict[Any, StorageData], addr: Any, loc: Any) -> Any:
        slot, keys, num_keys, size_keys = cls.get_key_structure(ex, loc)
        transient = storage is ex.transient_storage
        chunk = cls._chunk(storage, transient, addr, slot, num_keys, size_keys)
        symbolic = storage[addr].symbolic
        first = cls._name(transient, slot, num_keys, size_keys, "00")
        if num_keys == 0:
            value, initial = chunk, BitVec(first, 256)
        else:
            key = sevm.concat(keys)
            initial = Select(Array(first, BitVecSort(size_keys), BitVecSort(256)), key)
            if not symbolic:
                ex.path.append(initial == BitVecVal(0, 256))
            value = ex.select(chunk, key, ex.storages, True)
        if symbolic:
            for offset, bits, largest in cls.clean(transient, slot, keys):
                ex.path.append(ULE(Extract(offset + bits - 1, offset, initial), BitVecVal(largest, bits)))
            if cls.journal is not None:
                cls.journal.reads.setdefault(initial.sexpr(), SlotRead(transient, slot, tuple(keys), initial))
        return value

    @classmethod
    def store(cls, ex: Exec, storage: dict[Any, StorageData], addr: Any, loc: Any, val: Any) -> None:
        slot, keys, num_keys, size_keys = cls.get_key_structure(ex, loc)
        transient = storage is ex.transient_storage
        chunk = cls._chunk(storage, transient, addr, slot, num_keys, size_keys)
        if num_keys == 0:
            storage[addr][slot, num_keys, size_keys] = val
            return
        fresh = Array(cls._name(transient, slot, num_keys, size_keys, f"{1 + len(ex.storages):02}"), BitVecSort(size_keys), BitVecSort(256))
        stored = Store(chunk, sevm.concat(keys), val)
        ex.path.append(fresh == stored)
        storage[addr][slot, num_keys, size_keys] = fresh
        ex.storages[fresh] = stored


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
    solver.set(timeout=500)
    solver.add(*relevant([c for c in (*path.conditions, *given_of(path)) if _is_plain(c)], equal))
    if solver.check(equal) == unsat:
        return False
    return True if solver.check(Not(equal)) == unsat else None


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
