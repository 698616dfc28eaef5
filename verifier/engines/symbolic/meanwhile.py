"""Any state of the contract in the middle of a call: what strangers may have made of it while they had control."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy

from halmos.sevm import Exec, State, StorageData
from z3 import Array, BitVecSort

from verifier.engines.symbolic.machine import Machine
from verifier.engines.symbolic.snapshot import Snapshot, copy_of
from verifier.engines.symbolic.storage import CleanStorage, OtherStorage
from verifier.engines.symbolic.world import READER, READER_ORIGIN

PHASE = "_meanwhile"


@contextmanager
def any_state(machine: Machine, ex: Exec) -> Iterator[Snapshot]:
    """Look at any state of the contract, at the end of a path: storage, transient storage and ether are other symbols than the path's.

    Block and code are the path's, and so are its conditions on what was before. What is learned here is forgotten afterwards.
    """
    solver = ex.path.solver
    scopes = solver.num_scopes()
    solver.push()
    phase, journal = CleanStorage.phase, CleanStorage.journal
    CleanStorage.phase, CleanStorage.journal = PHASE, None  # its words are nobody's initial storage
    try:
        yield Snapshot(machine, _another(machine, ex), READER, READER_ORIGIN)
    finally:
        CleanStorage.phase, CleanStorage.journal = phase, journal
        solver.pop(solver.num_scopes() - scopes)


def _another(machine: Machine, ex: Exec) -> Exec:
    storage, transient = StorageData(), StorageData()
    storage.symbolic = transient.symbolic = True
    there = {machine.there.address: OtherStorage(f"_there{PHASE}")} if machine.there is not None else {}
    return Exec(
        code=ex.code,
        storage={machine.own: storage, **there},
        transient_storage={machine.own: transient, **there},
        balance=Array(f"sw_balance{PHASE}", BitVecSort(160), BitVecSort(256)),
        block=ex.block,
        context=ex.context,
        callback=None,
        pgm=ex.code[machine.own],
        st=State(),
        jumpis={},
        path=copy_of(ex.path),
        alias=ex.alias.copy(),
        cnts=copy(ex.cnts),
        sha3s=ex.sha3s.copy(),
        storages=dict(ex.storages),
        balances=dict(ex.balances),
    )
